// Results on their way home: collected in a lane, handed over in commits, put together on the caller's thread.

import type { ChunkPlan } from './chunk-plan.js'
import { ChunkSet } from './chunk-set.js'
import type { Detacher } from './detach.js'
import type { LaneFailure } from './lane-task.js'
import { LaneTree, MergeTree, type TreeNode } from './merge-tree.js'
import type { Reduction } from './reduction.js'

/** What a lane hands over: the chunks it speaks for, and what came of them. Takes effect as a whole or not at all. */
export interface Commit {
  /** Chunk indices as pairs `from, to`: half-open ranges, ascending. */
  readonly ranges: readonly number[]
  /** For the assembler of the same kind. */
  readonly payload: unknown
  /** Roughly how much memory the payload takes, in bytes. */
  readonly weight: number
  /** Why the lane failed, where it is not at its end yet: its teardown is still to come. */
  readonly failure?: LaneFailure
}

/** The lane's side. Chunks come in ascending order. */
export interface Collector {
  add(chunk: number, value: unknown): void
  /** A chunk that owns nothing. */
  skip(chunk: number): void
  /** Hand over everything so far and begin anew. What can be transferred is the detacher's to know. */
  take(detacher: Detacher): unknown
  /** The parts of a payload, each with the first chunk that is in it: to find the one that cannot be cloned. */
  parts(payload: unknown): Iterable<readonly [chunk: number, value: unknown]>
}

/** The caller's side. Commits come in any order, each chunk once. */
export interface Assembler {
  add(commit: Commit): void
  /** Chunks at or above this index shall wait until the caller has taken results; there if results are taken one by one. */
  window?(lanes: number): number
  /** The answer, when all chunks are in; undefined when nothing was to be reduced and there is no identity. */
  result(): { readonly value: unknown } | undefined
}

/** The payload of a list's commit: the results of those chunks that own something. Numbers alone are packed. */
export interface ListPayload {
  readonly chunks: Int32Array
  readonly values: readonly unknown[] | Float64Array
}

function listCollector(): Collector {
  let chunks: number[] = []
  let values: unknown[] = []
  let areNumbers = true
  return {
    add(chunk, value) {
      chunks.push(chunk)
      values.push(value)
      areNumbers &&= typeof value === 'number'
    },
    skip() {},
    take(detacher) {
      // `as`: they are numbers.
      const packed = areNumbers ? detacher.adopt(Float64Array.from(values as number[])) : values
      const payload: ListPayload = { chunks: detacher.adopt(Int32Array.from(chunks)), values: packed }
      chunks = []
      values = []
      areNumbers = true
      return payload
    },
    *parts(payload) {
      // `as`: it came from `take`.
      const list = payload as ListPayload
      for (const [i, chunk] of list.chunks.entries()) yield [chunk, list.values[i]]
    },
  }
}

function treeCollector(chunkCount: number, reduction: Reduction): Collector {
  const tree = new LaneTree(chunkCount, reduction.merge)
  return {
    add: (chunk, value) => tree.add(chunk, reduction.leaf(value)),
    skip: (chunk) => tree.skip(chunk),
    take: (detacher) => tree.take((value) => detacher.release(value)),
    *parts(payload) {
      // `as`: it came from `take`.
      for (const { level, index, value } of payload as TreeNode[]) yield [index * 2 ** level, value]
    },
  }
}

interface AnyPayload {
  readonly first: number
  readonly value?: unknown
}

function anyCollector(reduction: Reduction): Collector {
  let first = -1
  let acc: unknown
  return {
    add(chunk, value) {
      if (first < 0) {
        first = chunk
        acc = reduction.leaf(value)
      } else {
        acc = reduction.add(acc, value)
      }
    },
    skip() {},
    take(detacher) {
      const payload: AnyPayload = first < 0 ? { first } : { first, value: detacher.release(acc) }
      first = -1
      acc = undefined
      return payload
    },
    *parts(payload) {
      // `as`: it came from `take`.
      const { first, value } = payload as AnyPayload
      yield [first, value]
    },
  }
}

/** A lane's collector: for the list of results without a reduction, else for its order. */
export function createCollector(chunkCount: number, reduction: Reduction | undefined): Collector {
  if (reduction === undefined) return listCollector()
  return reduction.order === 'any' ? anyCollector(reduction) : treeCollector(chunkCount, reduction)
}

/** Most results of a list: engines end the process when an array of some 2^27 elements has to grow. */
export const mostListed: number = 2 ** 26
/** Chunks of one block of a list. Engines keep the elements of an array of 2^25 and more in a table, which is slow and large. */
const blockChunks = 2 ** 16

/** @throws {RangeError} the list would be too long */
function checkListLength(length: number): void {
  if (length <= mostListed) return
  throw new RangeError(
    `chunks: there are ${length}, and a list holds at most ${mostListed} results; make chunks larger, reduce the results, ` +
      'or take them one by one with for await',
  )
}

function listAssembler({ count, kind }: ChunkPlan): Assembler {
  // Of such chunks most may own nothing.
  if (kind !== 'delimited') checkListLength(count)
  const blocks = Array.from({ length: Math.ceil(count / blockChunks) }, (): unknown[] | undefined => undefined)
  const owning = new ChunkSet(count)
  return {
    add: ({ payload }) => {
      // `as`: it came from a list collector.
      const { chunks, values } = payload as ListPayload
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
      add: ({ payload }) => {
        for (const node of payload as TreeNode[]) tree.add(node)
      },
      result: () => finish(tree.root()),
    }
  }
  let total: { readonly value: unknown } | undefined
  return {
    add: ({ payload }) => {
      const part = payload as AnyPayload
      if (!Object.hasOwn(part, 'value')) return
      total = { value: total === undefined ? part.value : reduction.merge(total.value, part.value) }
    },
    result: () => finish(total),
  }
}

/** The assembler for the commits of {@link createCollector}. */
export function createAssembler(plan: ChunkPlan, reduction: Reduction | undefined): Assembler {
  return reduction === undefined ? listAssembler(plan) : reducingAssembler(plan.count, reduction)
}
