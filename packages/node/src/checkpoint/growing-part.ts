// Parts of data that grows. Complete blocks of chunks are the same nodes in the merge tree of any number of chunks.

import type { Part } from '@onecopy/core'

/**
 * A part of one complete block, with its node on the level of the block. At the right edge of the tree a node without a sibling
 * moves up, and would have to move down again when its sibling comes.
 */
export function settle(part: Part): Part {
  const { payload, plan, ranges } = part
  if (payload.kind !== 'tree') return part
  const nodes = payload.nodes.map((node) => {
    let { level, index } = node
    // The chunks of a node that reach past the last one do not exist.
    while (level > 0 && index * 2 ** level + 2 ** (level - 1) >= plan.count) {
      level--
      index *= 2
    }
    return { ...node, level, index }
  })
  return { ...part, ranges, payload: { kind: 'tree', nodes } }
}

/**
 * The same part for data that has grown. Its chunks are those of the longer data, because all of them are complete.
 *
 * Nothing is changed if it was cut in another way. Then it fits no job with this plan, and is refused.
 */
export function regrow(part: Part, plan: Part['plan']): Part {
  const { count, length, first, last, ...fixed } = part.plan
  const same = Object.entries(fixed).every(([key, value]) => String(value) === String(plan[key as keyof Part['plan']]))
  return same && count <= plan.count && length <= plan.length ? { ...part, plan } : part
}
