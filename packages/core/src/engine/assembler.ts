// Puts the commits of all lanes together, on the caller's thread: into a list, or into one value.

import { memberOf } from '../base/own-members.js'
import { type ChunkPlan, mayOwnNothing, mostChunks } from '../chunks/chunk-plan.js'
import { ChunkSet } from '../chunks/chunk-set.js'
import type { Output } from '../data/contract.js'
import type { ChunkSkips } from '../protocol/notes.js'
import type { AnyPayload, Commit, ListPayload, Payload, TreePayload } from '../protocol/report.js'
import { LaneTree, MergeTree, type TreeNode } from '../reduce/merge-tree.js'
import type { Reduction } from '../reduce/reduction.js'

/** Takes commits in any order. Each chunk comes once. */
export interface Assembler {
  add(commit: Commit): void
  /** Do one merge of what was added. Returns false if there is none to do. Only there if results are reduced. */
  mergeOne?(): boolean
  /** The chunk from which on lanes must wait for the reader. Only there if results are read one by one. */
  window?(lanes: number): number
  /** The answer, when all chunks are in. Undefined if there was nothing to reduce, and there is no identity. */
  result(): { readonly value: unknown } | undefined
  /** What is in so far, merged and not finished. There must be no merge left to do. Not there if results are read one by one. */
  payload?(): Payload
}

/** The most results in a list. JavaScript engines end the process when an array of about 2^27 elements has to grow. */
export const mostListed: number = 2 ** 26

/** Chunks per block of a list. JavaScript engines keep arrays of 2^25 and more elements as a table, which is slow and large. */
const blockChunks: number = 2 ** 16

/** @throws {RangeError} the list would be too long */
function checkListLength(length: number): void {
  if (length <= mostListed) return
  throw new RangeError(
    `chunks: there are ${length}, and a list holds at most ${mostListed} results; make chunks larger, reduce the results, ` +
      'or take them one by one with for await',
  )
}

/** @param isFull - whether there is a result of each of the `count` chunks */
function listAssembler(count: number, isFull: boolean): Assembler {
  if (isFull) checkListLength(count)
  const blocks = Array.from({ length: Math.ceil(count / blockChunks) }, (): unknown[] | undefined => undefined)
  const owning = new ChunkSet(count)
  return {
    add: ({ payload }) => {
      // `as`: the payload came from a list collector.
      const { chunkIndices: chunks, values } = payload as ListPayload
      checkListLength(owning.size + chunks.length)
      for (let i = 0; i < chunks.length; i++) {
        const chunk = chunks[i]!
        const at = chunk % blockChunks
        let block = blocks[(chunk - at) / blockChunks]
        if (block === undefined) {
          block = new Array(Math.min(blockChunks, count - (chunk - at)))
          blocks[(chunk - at) / blockChunks] = block
        }
        block[at] = values[i]
        owning.add(chunk)
      }
    },
    result: () => {
      const found: unknown[][] = []
      for (const [b, block] of blocks.entries()) {
        if (block === undefined) continue
        const isWhole = owning.size === count
        found.push(isWhole ? block : block.filter((_, at) => owning.has(b * blockChunks + at)))
      }
      return { value: found.length === 1 ? found[0] : ([] as unknown[]).concat(...found) }
    },
    payload: () => {
      const chunkIndices = new Int32Array(owning.size)
      const values: unknown[] = []
      const ranges = owning.ranges()
      for (let r = 0; r < ranges.length; r += 2) {
        for (let chunk = ranges[r]!; chunk < ranges[r + 1]!; chunk++) {
          chunkIndices[values.length] = chunk
          values.push(blocks[Math.floor(chunk / blockChunks)]![chunk % blockChunks])
        }
      }
      return { kind: 'list', chunkIndices, values }
    },
  }
}

function reducingAssembler(chunkCount: number, reduction: Reduction): Assembler {
  const finish = (root: { readonly value: unknown } | undefined): { readonly value: unknown } | undefined => {
    if (root !== undefined) return { value: reduction.finish(root.value) }
    return reduction.init === undefined ? undefined : { value: reduction.finish(reduction.init()) }
  }
  if (reduction.order === 'index') {
    const tree = new MergeTree(chunkCount, reduction.merge)
    return {
      // `as`: each payload came from the collector for this order.
      add: ({ payload }) => tree.add((payload as TreePayload).nodes),
      mergeOne: () => tree.mergeOne(),
      result: () => {
        // A run that had enough does not have all chunks.
        tree.close()
        return finish(tree.root())
      },
      payload: () => ({ kind: 'tree', nodes: tree.nodes() }),
    }
  }
  const parts: unknown[] = []
  let first = -1
  let total: { readonly value: unknown } | undefined
  return {
    add: ({ payload }) => {
      const part = payload as AnyPayload
      if (!Object.hasOwn(part, 'value')) return
      parts.push(part.value)
      first = first < 0 ? part.first : Math.min(first, part.first)
    },
    mergeOne: () => {
      if (parts.length === 0) return false
      const part = parts.pop()
      total = { value: total === undefined ? part : reduction.merge(total.value, part) }
      return true
    },
    result: () => finish(total),
    payload: () => ({ kind: 'any', first, ...total }),
  }
}

/** Merges nothing before the answer, so that what is in can be given away as it came. */
function apartAssembler(chunkCount: number, reduction: Reduction): Assembler {
  const nodes: TreeNode[] = []
  return {
    add: ({ payload }) => {
      // `as`: the payload came from a tree collector.
      for (const node of (payload as TreePayload).nodes) nodes.push(node)
    },
    result: () => {
      const whole = reducingAssembler(chunkCount, reduction)
      whole.add({ ranges: [], payload: { kind: 'tree', nodes }, approxBytes: 0 })
      while (memberOf(whole, 'mergeOne')?.call(whole));
      return whole.result()
    },
    payload: () => ({ kind: 'tree', nodes: nodes.slice().sort((a, b) => firstChunk(a) - firstChunk(b)) }),
  }
}

/**
 * The payload of a part that is kept apart, merged as far as no chunk with skips has anything to its left in its node. So it can be told
 * whether there is enough before such a chunk. Uses up what is in it.
 */
export function mergeBetween(
  payload: Payload,
  skips: readonly ChunkSkips[],
  chunkCount: number,
  { merge }: Reduction,
): Payload {
  if (payload.kind !== 'tree') return payload
  const tree = new LaneTree(chunkCount, merge)
  const cuts = new Set(skips.map(({ chunk }) => chunk.index))
  const nodes: TreeNode[][] = []
  for (const node of payload.nodes) {
    if (cuts.has(firstChunk(node))) nodes.push(tree.take())
    if (Object.hasOwn(node, 'value')) tree.addNode(node.level, node.index, node.value)
    else tree.skipNode(node.level, node.index)
  }
  nodes.push(tree.take())
  return { kind: 'tree', nodes: nodes.flat() }
}

function firstChunk({ level, index }: TreeNode): number {
  return index * 2 ** level
}

/**
 * The assembler for the commits of {@link createCollector}.
 *
 * @param into - what the run is written into, if it is
 * @param isApart - merge nothing before the answer is wanted
 */
export function createAssembler(
  plan: ChunkPlan,
  reduction: Reduction | undefined,
  into?: Output,
  isApart: boolean = false,
): Assembler {
  // What chunk functions return is not used, and lanes do not send it.
  if (reduction === undefined && into !== undefined) return { add: () => {}, result: () => ({ value: into }) }
  // Most chunks of records may own nothing.
  if (reduction === undefined) return listAssembler(plan.count, !mayOwnNothing(plan.kind))
  if (isApart && reduction.order === 'index') return apartAssembler(plan.count, reduction)
  return reducingAssembler(plan.count, reduction)
}

/** The assembler for a stream, of which nobody knows how many chunks it has. The merge tree is that of its chunks, once it is closed. */
export function createOpenAssembler(reduction: Reduction | undefined): Assembler {
  return reduction === undefined ? listAssembler(mostChunks, false) : reducingAssembler(mostChunks, reduction)
}
