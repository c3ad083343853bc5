// Checks that a part has the shape of one, that it belongs to a job, and that its results fit its chunks. Parts come from files and
// other machines, so nothing about them is taken on trust.

import { printable, show } from '../base/check.js'
import { OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { type ChunkPlan, mayOwnNothing, mostChunks } from '../chunks/chunk-plan.js'
import { kindOf } from '../data/typed-array.js'
import { isNotes } from '../protocol/notes.js'
import { type Part, type PartOrigin, partVersion } from '../protocol/part.js'
import type { Payload } from '../protocol/report.js'
import { nodesOn, type TreeNode } from '../reduce/merge-tree.js'

/** What the parts of a job have in common. */
export interface PartForm {
  readonly origin: PartOrigin
  readonly kind: Payload['kind']
  /** Chunks per block of a fold; 1 for a plugin that does not fold. */
  readonly unit: number
}

/**
 * Check that `part` is a part of the job, and is whole.
 *
 * @throws {TypeError} it is no part at all
 * @throws {OnecopyError} `ERR_PART_MISMATCH`: it belongs to another job; `ERR_PART_DAMAGED`: its results do not fit its chunks
 */
export function checkPart(part: unknown, form: PartForm): asserts part is Part {
  if (typeof part !== 'object' || part === null) throw notAPart(part)
  // `as`: its members are checked one by one.
  const given = part as Part
  const difference = differenceOf(given, form)
  if (difference !== undefined) throw new OnecopyError('ERR_PART_MISMATCH', `part: ${difference}`)
  checkContent(given, form.unit)
}

function notAPart(value: unknown): TypeError {
  return new TypeError(`part: expected a part, from engine.part() or decodePart(), got ${show(value)}`)
}

/** How a part differs from the parts of the job; undefined if it is one of them. */
function differenceOf(part: Part, { origin, kind }: PartForm): string | undefined {
  const { version, plugin, params, data, plan, payload } = part
  if (typeof plan !== 'object' || plan === null || typeof payload !== 'object' || payload === null) throw notAPart(part)
  if (version !== partVersion)
    return `it is of version ${show(version)}, and this version of onecopy reads ${partVersion}`
  if (plugin !== origin.plugin) return `it was made by the plugin ${show(plugin)}, and this is ${show(origin.plugin)}`
  if (params !== origin.params) return 'it was made with other parameters, or with another seed'
  if (data !== origin.data) return `it was made of other data: ${show(data)}, and this is ${show(origin.data)}`
  if (JSON.stringify(plan.pieces) !== JSON.stringify(origin.plan.pieces)) {
    return 'its data was cut in another way: the files have other lengths'
  }
  for (const key of planKeys(origin.plan)) {
    const [theirs, ours] = [String(plan[key]), String(origin.plan[key])]
    if (theirs !== ours)
      return `its data was cut in another way: ${key} is ${printable(theirs)}, and here it is ${ours}`
  }
  return payload.kind === kind
    ? undefined
    : `it holds a ${show(payload.kind)}, and this plugin’s reducer makes a "${kind}"`
}

/** The members of a plan. The number of chunks is the last one, because it follows from the others. */
function planKeys(plan: ChunkPlan): readonly (keyof ChunkPlan)[] {
  // `as`: a plan has no other members.
  const keys = Object.keys(plan) as (keyof ChunkPlan)[]
  return keys.sort((a, b) => Number(a === 'count') - Number(b === 'count'))
}

/**
 * Check the ranges and the payload of a part against its own plan.
 *
 * @throws {OnecopyError} `ERR_PART_DAMAGED`
 */
export function checkContent(part: Part, unit: number): void {
  const { plan, ranges, payload } = part
  const notes = memberOf(part, 'notes')
  const chunks = checkRanges(ranges, plan.count, unit)
  if (notes !== undefined) {
    if (!isNotes(notes)) throw damaged('what its chunks noted is no notes')
    const chunks = notes.chunks.map(({ chunk }) => chunk.index)
    checkOrder(chunks, ranges, 'a skip')
  }
  // Only chunks of records may own nothing, and only skipped ones may have no result.
  const mayBeEmpty = mayOwnNothing(plan.kind) || (notes !== undefined && notes.count > 0)
  if (payload.kind === 'list') {
    const { chunkIndices, values } = payload
    const areIndices = ArrayBuffer.isView(chunkIndices) && kindOf(chunkIndices) === 'Int32Array'
    const areValues = Array.isArray(values) || (ArrayBuffer.isView(values) && kindOf(values) === 'Float64Array')
    const fits = areIndices && areValues && chunkIndices.length === values.length
    if (!fits || (!mayBeEmpty && values.length !== chunks)) throw damaged('its results are not one per chunk')
    checkOrder(chunkIndices, ranges, 'a result')
  } else if (payload.kind === 'tree') {
    if (!Array.isArray(payload.nodes)) throw damaged('its nodes are no list')
    checkNodes(payload.nodes, ranges, plan.count, unit, mayBeEmpty)
  } else if (payload.kind === 'any') {
    const { first } = payload
    const hasValue = Object.hasOwn(payload, 'value')
    const isInside =
      typeof first === 'number' && ranges.some((from, r) => r % 2 === 0 && from <= first && first < ranges[r + 1]!)
    const fits = hasValue ? isInside : first === -1 && (mayBeEmpty || chunks === 0)
    if (!fits) throw damaged('its accumulator does not belong to its chunks')
  } else {
    throw damaged(`its payload is of an unknown kind`)
  }
}

function damaged(how: string): OnecopyError {
  return new OnecopyError('ERR_PART_DAMAGED', `part: ${how}`)
}

/** Returns the number of chunks in `ranges`. */
function checkRanges(ranges: readonly number[], count: number, unit: number): number {
  if (!Array.isArray(ranges) || ranges.length % 2 !== 0) throw damaged('its ranges are no list of pairs')
  let chunks = 0
  let last = 0
  for (let r = 0; r < ranges.length; r += 2) {
    const [from, to] = [ranges[r], ranges[r + 1]]
    if (
      !Number.isInteger(from) ||
      !Number.isInteger(to) ||
      from < last ||
      to <= from ||
      to > count ||
      count > mostChunks
    ) {
      throw damaged('its ranges are not ascending, or not inside the plan')
    }
    if (from % unit !== 0 || (to % unit !== 0 && to !== count))
      throw damaged(`a range cuts a block of ${unit} chunks in two`)
    chunks += to - from
    last = to
  }
  return chunks
}

/** Check that chunks ascend and are inside the ranges. */
function checkOrder(indices: Iterable<number>, ranges: readonly number[], what: string): void {
  let r = 0
  let last = -1
  for (const chunk of indices) {
    while (r < ranges.length && chunk >= ranges[r + 1]!) r += 2
    if (chunk <= last || r >= ranges.length || chunk < ranges[r]!)
      throw damaged(`${what} belongs to none of its chunks`)
    last = chunk
  }
}

/** Check that the nodes cover the ranges without gap and overlap, in ascending order. */
function checkNodes(
  nodes: readonly TreeNode[],
  ranges: readonly number[],
  count: number,
  unit: number,
  mayBeEmpty: boolean,
): void {
  let r = 0
  let at = ranges[0] ?? 0
  const sorted: { readonly start: number; readonly end: number }[] = []
  // Not `map`, which passes over holes.
  for (const node of nodes) sorted.push(checkNode(node, count, mayBeEmpty))
  sorted.sort((a, b) => a.start - b.start)
  for (const { start, end } of sorted) {
    if (at === ranges[r + 1]) {
      r += 2
      at = ranges[r] ?? at
    }
    if (r >= ranges.length || start !== at || end > ranges[r + 1]!) throw damaged('its nodes do not cover its chunks')
    if (start % unit !== 0 || (end % unit !== 0 && end !== count))
      throw damaged(`a node cuts a block of ${unit} chunks in two`)
    at = end
  }
  if (r < ranges.length && (at !== ranges[r + 1] || r + 2 !== ranges.length))
    throw damaged('its nodes do not cover its chunks')
}

/** The chunks that a node covers. */
function checkNode(
  node: TreeNode,
  count: number,
  mayBeEmpty: boolean,
): { readonly start: number; readonly end: number } {
  const isNode =
    typeof node === 'object' && node !== null && Number.isInteger(node.level) && Number.isInteger(node.index)
  if (!isNode || node.level < 0 || node.level > 31 || node.index < 0 || node.index >= nodesOn(node.level, count)) {
    throw damaged('one of its nodes is no node of the merge tree')
  }
  if (!mayBeEmpty && !Object.hasOwn(node, 'value')) throw damaged('a node lacks its value')
  const start = node.index * 2 ** node.level
  return { start, end: Math.min(count, start + 2 ** node.level) }
}
