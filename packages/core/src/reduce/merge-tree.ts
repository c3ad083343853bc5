// The fixed tree in which results are merged.
//
// The results of chunks are the leaves. Node (level, index) covers the chunks [index * 2^level, (index + 1) * 2^level). A node
// without a right sibling moves up to the next level as it is. The tree depends only on the number of chunks. So the merges,
// and with them every bit of the result, are the same for any distribution of chunks over lanes. A chunk that owns nothing is
// an empty leaf: merging it with its sibling gives the sibling.

/** A complete node of the tree. `value` is absent if all its chunks own nothing. */
export interface TreeNode {
  readonly level: number
  readonly index: number
  readonly value?: unknown
}

/** Merges two neighbouring values. */
export type Merge = (left: unknown, right: unknown) => unknown

const empty: unique symbol = Symbol('empty')

/** The number of nodes on a level of a tree with `chunks` leaves. */
function nodesOn(level: number, chunks: number): number {
  return Math.ceil(chunks / 2 ** level)
}

function mergeTwo(merge: Merge, left: unknown, right: unknown): unknown {
  if (left === empty) return right
  return right === empty ? left : merge(left, right)
}

/**
 * One lane's part of the tree. Leaves come in ascending order, and siblings are merged as soon as both are there.
 *
 * A stack is enough: as soon as both children of a node are there, they are neighbours on the stack.
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

  /** Add a chunk that owns nothing. */
  skip(chunk: number): void {
    this.add(chunk, empty)
  }

  /** All nodes; the tree is empty then. */
  take(): TreeNode[] {
    const nodes = this.#levels.map((level, i): TreeNode => {
      const index = this.#indices[i]!
      const value = this.#values[i]
      return value === empty ? { level, index } : { level, index, value }
    })
    this.#levels = []
    this.#indices = []
    this.#values = []
    return nodes
  }
}

/** The caller's part of the tree. Nodes come in any order, and each is merged as soon as its sibling is there. */
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

  /** The value of the whole tree, once every chunk is in it; undefined if no chunk owns anything. */
  root(): { readonly value: unknown } | undefined {
    return this.#root === empty ? undefined : { value: this.#root }
  }

  /** One number that identifies a node. There are at most 2^30 nodes per level and 31 levels. */
  #key(level: number, index: number): number {
    return level * 2 ** 31 + index
  }
}
