// Tells when the reducer of a plugin is about to run in this thread.

import { defineOwn, isOwnCode, memberOf } from '@onecopy/core/lane'
import type { AnyPlugin } from '@onecopy/node'

type Call = (...args: readonly unknown[]) => unknown

/**
 * `plugin`, with a reducer that calls `before` each time one of its own functions is called here. Those of ready-made reducers are left as
 * they are, because they return. Workers load the plugin itself.
 */
export function watchReducer(plugin: AnyPlugin, before: () => void): AnyPlugin {
  const reduce = memberOf(plugin, 'reduce')
  const watch =
    (fn: Call): Call =>
    (...args) => {
      before()
      return Reflect.apply(fn, reduce, args)
    }
  if (typeof reduce === 'function') return withMembers(plugin, { reduce: watch(reduce as Call) })
  if (typeof reduce !== 'object' || reduce === null) return plugin
  const watched: Record<string, Call> = {}
  for (const name of ['init', 'add', 'merge', 'finish', 'enough']) {
    const fn = memberOf(reduce, name)
    if (typeof fn === 'function' && !isOwnCode(reduce, name)) defineOwn(watched, name, watch(fn as Call))
  }
  return Object.keys(watched).length === 0 ? plugin : withMembers(plugin, { reduce: withMembers(reduce, watched) })
}

function withMembers<O extends object>(object: O, members: Readonly<Record<string, unknown>>): O {
  const derived: O = Object.create(object)
  for (const [name, value] of Object.entries(members)) defineOwn(derived, name, value)
  return derived
}
