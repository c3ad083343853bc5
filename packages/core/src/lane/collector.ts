// Collects the results of a lane's chunks until the lane hands them over.

import type { Payload } from '../protocol/report.js'
import { LaneTree } from '../reduce/merge-tree.js'
import type { Reduction } from '../reduce/reduction.js'

/** What a lane holds. Chunks come in ascending order between two calls of `take`. */
export interface Collector {
  add(chunk: number, value: unknown): void
  /** A chunk that owns nothing. */
  skip(chunk: number): void
  /** The accumulator that was folded over all chunks of a node of the merge tree. */
  addNode(level: number, index: number, acc: unknown): void
  /** A node of whose chunks none owns anything. */
  skipNode(level: number, index: number): void
  /** Everything so far; the collector is empty then. */
  take(): Payload
}

/** Called when a lane alone has enough: chunks from `end` on are not needed. */
export type OnEnough = (end: number) => void

/**
 * The collector for the list of results if there is no reduction, else for the reduction's order.
 *
 * @param onEnough - given if the run may end early
 * @param isApart - merge nothing here, so that the engine can tell behind which chunk there is enough
 */
export function createCollector(
  chunkCount: number,
  reduction: Reduction | undefined,
  onEnough: OnEnough | undefined,
  isApart: boolean,
): Collector {
  if (reduction === undefined) return listCollector()
  if (reduction.order === 'any') return anyCollector(reduction, onEnough)
  // In the tree of one chunk, no node has a sibling.
  return treeCollector(isApart ? 1 : chunkCount, reduction, onEnough)
}

function listCollector(): Collector {
  let chunks: number[] = []
  let values: unknown[] = []
  return {
    add(chunk, value) {
      chunks.push(chunk)
      values.push(value)
    },
    skip() {},
    // A fold always has a reducer.
    addNode() {},
    skipNode() {},
    take() {
      const payload = { kind: 'list', chunkIndices: Int32Array.from(chunks), values } as const
      chunks = []
      values = []
      return payload
    },
  }
}

function treeCollector(chunkCount: number, reduction: Reduction, onEnough: OnEnough | undefined): Collector {
  const tree = new LaneTree(chunkCount, reduction.merge)
  return {
    add(chunk, value) {
      const leaf = reduction.leaf(value)
      // This comes first, because merging may change the leaf.
      if (onEnough !== undefined && reduction.enough?.(leaf)) onEnough(chunk + 1)
      tree.add(chunk, leaf)
    },
    skip: (chunk) => tree.skip(chunk),
    addNode(level, index, acc) {
      if (onEnough !== undefined && reduction.enough?.(acc)) onEnough((index + 1) * 2 ** level)
      tree.addNode(level, index, acc)
    },
    skipNode: (level, index) => tree.skipNode(level, index),
    take: () => ({ kind: 'tree', nodes: tree.take() }),
  }
}

function anyCollector(reduction: Reduction, onEnough: OnEnough | undefined): Collector {
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
      // In any order, nothing else is needed.
      if (onEnough !== undefined && reduction.enough?.(acc)) onEnough(0)
    },
    skip() {},
    addNode(level, index, folded) {
      acc = first < 0 ? folded : reduction.merge(acc, folded)
      if (first < 0) first = index * 2 ** level
      if (onEnough !== undefined && reduction.enough?.(acc)) onEnough(0)
    },
    skipNode() {},
    take() {
      const payload: Payload = first < 0 ? { kind: 'any', first } : { kind: 'any', first, value: acc }
      first = -1
      acc = undefined
      return payload
    },
  }
}

/** The values of a payload, each with the first chunk that is in it: to find the one that cannot be cloned. */
export function* valuesOf(payload: Payload): Iterable<readonly [chunk: number, value: unknown]> {
  if (payload.kind === 'list') {
    for (const [i, chunk] of payload.chunkIndices.entries()) yield [chunk, payload.values[i]]
  } else if (payload.kind === 'tree') {
    for (const { level, index, value } of payload.nodes) yield [index * 2 ** level, value]
  } else {
    yield [payload.first, payload.value]
  }
}
