// Checks the names of plugins. Lanes find a plugin by its name among its module's exports, so no module may have two with one
// name.

import { show } from '../base/check.js'
import { runtime } from '../base/runtime.js'

/** The names that were defined in this turn: for each module, names and the descriptions of their plugins. */
const given = new Map<string, Map<string, string>>()

/**
 * Note that `module` defines a plugin with that name.
 *
 * Names are kept until the next microtask. That is as long as a module is evaluated up to its first `await`. Test runners and
 * development servers evaluate a module again under the same URL, and then its plugins are defined again. That is no clash, and
 * it happens in another turn. If this check misses a clash, a lane finds it when it loads the module.
 *
 * @throws {TypeError} the module defines two plugins with that name
 */
export function claimName(module: string, name: string, description: string): void {
  if (given.size === 0) runtime.queueMicrotask(() => given.clear())
  const names = given.get(module) ?? new Map<string, string>()
  given.set(module, names)
  const other = names.get(name)
  if (other !== undefined) {
    const which = other === description ? '' : ` (${show(other)} and ${show(description)})`
    throw new TypeError(
      `plugin.name: ${module} defines two plugins named ${show(name)}${which}. Workers find a plugin by its name, so give each its own`,
    )
  }
  names.set(name, description)
}
