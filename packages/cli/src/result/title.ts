// The title of a result's numbers, as far as the plugin tells.

import { countByKey, type DefinedPlugin } from '@onecopy/core'
import type { AnyPlugin } from '@onecopy/node'

/**
 * The title for the numbers by key in a result. Only those of `countByKey()` are certainly counts. Undefined if the plugin does
 * not tell.
 */
export function titleOf(plugin: AnyPlugin): string | undefined {
  // `as`: a plugin has all that it was defined with.
  const { map, reduce } = plugin as DefinedPlugin
  if (reduce === undefined) return undefined
  const { add, merge } = countByKey()
  // Each call makes new functions with the same text. What a fold adds is not known.
  const isCount =
    map !== undefined &&
    typeof reduce === 'object' &&
    'add' in reduce &&
    String(reduce.add) === String(add) &&
    String(reduce.merge) === String(merge)
  return isCount ? 'count' : 'value'
}
