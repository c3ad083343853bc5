// Results on their way home: collected in a lane, handed over in commits, put together on the caller's thread.

import type { AnyPayload, ListPayload } from '../protocol/report.js'
import { LaneTree, type TreeNode } from '../reduce/merge-tree.js'
import type { Reduction } from '../reduce/reduction.js'
import type { ResultCopier } from './result-copier.js'

/** The lane's side. Chunks come in ascending order. */
export interface Collector {
  add(chunk: number, value: unknown): void
  /** A chunk that owns nothing. */
  skip(chunk: number): void
  /** Hand over everything so far and begin anew. What can be transferred is the detacher's to know. */
  take(detacher: ResultCopier): unknown
  /** The parts of a payload, each with the first chunk that is in it: to find the one that cannot be cloned. */
  parts(payload: unknown): Iterable<readonly [chunk: number, value: unknown]>
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
