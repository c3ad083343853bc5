// The names of plugins: lanes find a plugin by its name among what its module exports, so no module may have two of one name.

import { show } from '../base/check.js'
import { runtime } from '../base/runtime.js'

/** The names that were given in this turn, by module, each with its plugin's description. */
const given = new Map<string, Map<string, string>>()

/**
 * Note that `module` has a plugin of that name.
 *
 * Names are kept for a turn (until the next microtask), which is as long as evaluating a module takes up to its first `await`.
 * Test runners and development servers evaluate a module again under the same URL, and its plugins are then defined again:
 * that is no clash, and comes in another turn. What this misses, a lane finds when it loads the module.
 *
 * @throws {TypeError} it has two of one name
 */
export function claimName(module: string, name: string, description: string): void {
  if (given.size === 0) runtime.queueMicrotask(() => given.clear())
  const names = given.get(module) ?? new Map<string, string>()
  given.set(module, names)
  const other = names.get(name)
  if (other !== undefined) {
    const which = other === description ? '' : ` (${show(other)} and ${show(description)})`
    throw new TypeError(
      `plugin.name: ${module} defines two plugins named ${show(name)}${which}. A lane finds a plugin by its name: give each its own`,
    )
  }
  names.set(name, description)
}
