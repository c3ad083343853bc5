// The fixed tree in which results are merged.
//
// The results of chunks are the leaves. Node (level, index) covers the chunks [index * 2^level, (index + 1) * 2^level). A node
// without a right sibling moves up to the next level as it is. The tree depends only on the number of chunks. So the merges,
// and with them every bit of the result, are the same for any distribution of chunks over lanes. A chunk that owns nothing is
// an empty leaf: merging it with its sibling gives the sibling.

/** A complete node of the tree. `value` is absent if all its chunks own nothing. */
export interface TreeNode {
  /** Its level; single chunks are on level 0. */
  readonly level: number
  /** Its number on its level, from 0. */
  readonly index: number
  /** The merged value of its chunks. */
  readonly value?: unknown
}

/** Merges two neighbouring values. */
export type Merge = (left: unknown, right: unknown) => unknown

const empty: unique symbol = Symbol('empty')

/** The number of nodes on a level of a tree with `chunks` leaves. */
export function nodesOn(level: number, chunks: number): number {
  return Math.ceil(chunks / 2 ** level)
}

/**
 * The level of the nodes that a fold makes one accumulator each for: about 256 to 512 nodes, so that merging costs little beside
 * folding, and many workers still find work. It depends on the number of chunks alone, and so do the bits of a folded answer.
 */
export function foldLevel(chunks: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, chunks) / 256)))
}

function treeNode(level: number, index: number, value: unknown): TreeNode {
  return value === empty ? { level, index } : { level, index, value }
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
  readonly #lastChunk: number
  /** The stack. Its arrays may be longer than it is deep, because shortening an array takes longer than a merge. */
  #depth = 0
  #levels: number[] = []
  #indices: number[] = []
  #values: unknown[] = []

  constructor(chunks: number, merge: Merge) {
    this.#lastChunk = chunks - 1
    this.#merge = merge
  }

  add(chunk: number, value: unknown): void {
    this.addNode(0, chunk, value)
  }

  /** Add a complete node: what was folded over all of its chunks. Nodes and chunks come in ascending order. */
  addNode(nodeLevel: number, nodeIndex: number, value: unknown): void {
    let level = nodeLevel
    let index = nodeIndex
    let merged = value
    let depth = this.#depth
    // The last node on the level. There are at most 2^30 chunks, so shifts are exact.
    for (let last = this.#lastChunk >> level; last > 0; last >>= 1) {
      if ((index & 1) === 1) {
        const top = depth - 1
        if (top < 0 || this.#levels[top] !== level || this.#indices[top] !== index - 1) break
        merged = mergeTwo(this.#merge, this.#values[top], merged)
        // A merged value must not be kept: it may be large.
        this.#values[top] = undefined
        depth = top
      } else if (index < last) {
        break
      }
      level++
      index >>= 1
    }
    this.#levels[depth] = level
    this.#indices[depth] = index
    this.#values[depth] = merged
    this.#depth = depth + 1
  }

  /** Add a chunk that owns nothing. */
  skip(chunk: number): void {
    this.addNode(0, chunk, empty)
  }

  /** Add a node of whose chunks none owns anything. */
  skipNode(level: number, index: number): void {
    this.addNode(level, index, empty)
  }

  /** All nodes; the tree is empty then. */
  take(): TreeNode[] {
    const nodes: TreeNode[] = []
    for (let i = 0; i < this.#depth; i++) {
      nodes.push(treeNode(this.#levels[i]!, this.#indices[i]!, this.#values[i]))
    }
    this.#depth = 0
    this.#levels = []
    this.#indices = []
    this.#values = []
    return nodes
  }
}

/** The caller's part of the tree. Nodes come in any order, and each is merged when its sibling is there. */
export class MergeTree {
  readonly #merge: Merge
  readonly #chunks: number
  /** Nodes that have come, and were not looked at yet. */
  readonly #ready: TreeNode[] = []
  /** Nodes that wait for their sibling, by `#key`. */
  readonly #waiting = new Map<number, unknown>()
  /** The node of all chunks, as soon as they are merged. */
  #root: { readonly level: number; readonly value: unknown } | undefined

  constructor(chunks: number, merge: Merge) {
    this.#chunks = chunks
    this.#merge = merge
  }

  /** Take nodes in. They are merged by `mergeOne`. */
  add(nodes: readonly TreeNode[]): void {
    for (const node of nodes) this.#ready.push(node)
  }

  /** Merge two nodes that are both there. False if there are no two. */
  mergeOne(): boolean {
    for (let node = this.#ready.pop(); node !== undefined; node = this.#ready.pop()) {
      if (this.#climb(node)) return true
    }
    return false
  }

  /** Nothing else comes: chunks that are not in own nothing. Merges the rest of what is in. */
  close(): void {
    for (let level = 0; this.#waiting.size > 0; level++) {
      // No two nodes that wait are siblings. So all of this level move up, where they may meet their siblings.
      for (const [key, value] of this.#waiting) {
        if (Math.floor(key / 2 ** 31) !== level) continue
        this.#waiting.delete(key)
        const parent = { level: level + 1, index: Math.floor((key % 2 ** 31) / 2) }
        this.#ready.push(value === empty ? parent : { ...parent, value })
      }
      while (this.mergeOne());
    }
  }

  /** Move a node up until it waits for its sibling, or is merged with it; whether it was merged. */
  #climb(node: TreeNode): boolean {
    let { level, index } = node
    const value = Object.hasOwn(node, 'value') ? node.value : empty
    for (; ; level++, index = Math.floor(index / 2)) {
      const onLevel = nodesOn(level, this.#chunks)
      if (onLevel <= 1) {
        this.#root = { level, value }
        return false
      }
      const sibling = index % 2 === 1 ? index - 1 : index + 1
      if (sibling >= onLevel) continue
      const key = this.#key(level, sibling)
      if (!this.#waiting.has(key)) {
        this.#waiting.set(this.#key(level, index), value)
        return false
      }
      const other = this.#waiting.get(key)
      this.#waiting.delete(key)
      const merged = sibling < index ? mergeTwo(this.#merge, other, value) : mergeTwo(this.#merge, value, other)
      const parent = { level: level + 1, index: Math.floor(index / 2) }
      this.#ready.push(merged === empty ? parent : { ...parent, value: merged })
      return true
    }
  }

  /** The value of the whole tree, when all nodes are in it and merged. Undefined if no chunk owned anything. */
  root(): { readonly value: unknown } | undefined {
    const root = this.#root
    return root === undefined || root.value === empty ? undefined : { value: root.value }
  }

  /** What is merged so far, ascending: the root, or the nodes that wait for their siblings. All that was added must be merged. */
  nodes(): TreeNode[] {
    if (this.#root !== undefined) return [treeNode(this.#root.level, 0, this.#root.value)]
    const nodes = [...this.#waiting].map(([key, value]) => treeNode(Math.floor(key / 2 ** 31), key % 2 ** 31, value))
    return nodes.sort((a, b) => a.index * 2 ** a.level - b.index * 2 ** b.level)
  }

  /** One number for a node: there are at most 2^30 nodes a level and 31 levels. */
  #key(level: number, index: number): number {
    return level * 2 ** 31 + index
  }
}
