// The fixed tree in which results are merged.
//
// Chunk results are leaves. Node (level, index) covers the chunks [index * 2^level, (index + 1) * 2^level); a node without a
// right sibling is promoted to the next level as it is. The tree depends on the number of chunks alone, so the merges, and
// with them every bit of the result, are the same however the chunks were spread over lanes. A chunk that owned nothing is
// an empty leaf: merging it with its sibling gives the sibling.

/** A node of the tree, complete. `value` is absent when all its chunks owned nothing. */
export interface TreeNode {
  readonly level: number
  readonly index: number
  readonly value?: unknown
}

/** How two neighbouring values become one. */
export type Merge = (left: unknown, right: unknown) => unknown

const empty: unique symbol = Symbol('empty')

/** Nodes on a level of a tree over `chunks` leaves. */
function nodesOn(level: number, chunks: number): number {
  return Math.ceil(chunks / 2 ** level)
}

function mergeTwo(merge: Merge, left: unknown, right: unknown): unknown {
  if (left === empty) return right
  return right === empty ? left : merge(left, right)
}

/**
 * One lane's part of the tree: leaves come in ascending order, siblings that meet are merged at once.
 *
 * A stack is enough: both children of a node are neighbours in it as soon as they are there.
 */
export class LaneTree {
  readonly #merge: Merge
  readonly #chunks: number
  #levels: number[] = []
  #indices: number[] = []
  #values: unknown[] = []

  constructor(chunks: number, merge: Merge) {
    this.#chunks = chunks
    this.#merge = merge
  }

  add(chunk: number, value: unknown): void {
    let level = 0
    let index = chunk
    let onLevel = this.#chunks
    let merged = value
    while (onLevel > 1) {
      const top = this.#levels.length - 1
      if (index % 2 === 1) {
        if (top < 0 || this.#levels[top] !== level || this.#indices[top] !== index - 1) break
        merged = mergeTwo(this.#merge, this.#values[top], merged)
        this.#levels.pop()
        this.#indices.pop()
        this.#values.pop()
      } else if (index + 1 < onLevel) {
        break
      }
      level++
      index = Math.floor(index / 2)
      onLevel = nodesOn(level, this.#chunks)
    }
    this.#levels.push(level)
    this.#indices.push(index)
    this.#values.push(merged)
  }

  /** A chunk that owns nothing. */
  skip(chunk: number): void {
    this.add(chunk, empty)
  }

  /** Hand over all nodes, their values as `release` gives them, and begin anew. */
  take(release: (value: unknown) => unknown): TreeNode[] {
    const nodes = this.#levels.map((level, i): TreeNode => {
      const index = this.#indices[i]!
      const value = this.#values[i]
      return value === empty ? { level, index } : { level, index, value: release(value) }
    })
    this.#levels = []
    this.#indices = []
    this.#values = []
    return nodes
  }
}

/** The caller's part of the tree: nodes come in any order, each is merged as soon as its sibling is there. */
export class MergeTree {
  readonly #merge: Merge
  readonly #chunks: number
  /** Nodes that wait for their sibling, by `#key`. */
  readonly #waiting = new Map<number, unknown>()
  #root: unknown = empty

  constructor(chunks: number, merge: Merge) {
    this.#chunks = chunks
    this.#merge = merge
  }

  add(node: TreeNode): void {
    let { level, index } = node
    let value = Object.hasOwn(node, 'value') ? node.value : empty
    for (; ; level++, index = Math.floor(index / 2)) {
      const onLevel = nodesOn(level, this.#chunks)
      if (onLevel <= 1) {
        this.#root = value
        return
      }
      const sibling = index % 2 === 1 ? index - 1 : index + 1
      if (sibling >= onLevel) continue
      const key = this.#key(level, sibling)
      if (!this.#waiting.has(key)) {
        this.#waiting.set(this.#key(level, index), value)
        return
      }
      const other = this.#waiting.get(key)
      this.#waiting.delete(key)
      value = sibling < index ? mergeTwo(this.#merge, other, value) : mergeTwo(this.#merge, value, other)
    }
  }

  /** The whole tree's value, once every chunk is in it; undefined if no chunk owned anything. */
  root(): { readonly value: unknown } | undefined {
    return this.#root === empty ? undefined : { value: this.#root }
  }

  /** One number for a node: there are at most 2^30 nodes a level and 31 levels. */
  #key(level: number, index: number): number {
    return level * 2 ** 31 + index
  }
}
