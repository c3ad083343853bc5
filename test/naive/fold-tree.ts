// The naive twin of the merge tree: level by level, neighbour with neighbour.

/** Merge `leaves` pairwise, then the results pairwise, and so on; one without a neighbour goes up as it is. */
export function foldTree<V>(leaves: readonly V[], merge: (left: V, right: V) => V): V | undefined {
  let level = [...leaves]
  while (level.length > 1) {
    const above: V[] = []
    for (let i = 0; i < level.length; i += 2) {
      above.push(i + 1 < level.length ? merge(level[i]!, level[i + 1]!) : level[i]!)
    }
    level = above
  }
  return level[0]
}
