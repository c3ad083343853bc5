// What a run says about its first pass.

import { readOptions, show } from '../base/check.js'
import { makesReducer } from '../reduce/recipes.js'
import { checkReducer } from '../reduce/reduction.js'
import { isModuleFunction } from './module-function.js'
import type { AnyPrefix } from './plugin-contract.js'

/**
 * Check a first pass.
 *
 * @throws {TypeError} it is none
 */
export function checkPrefix(argument: string, prefix: unknown): AnyPrefix {
  // `as`: its members are checked one by one.
  const { map, reduce } = readOptions(argument, prefix as AnyPrefix, ['map', 'reduce'])
  if (typeof map !== 'function' && !isModuleFunction(map)) {
    throw new TypeError(`${argument}.map: expected a chunk function, got ${show(map)}`)
  }
  if (typeof reduce === 'function' && !makesReducer(reduce)) {
    throw new TypeError(
      `${argument}.reduce: expected a reducer with init, got ${show(reduce)}; the first chunk has no chunks before it`,
    )
  }
  return { map, reduce: checkReducer(`${argument}.reduce`, reduce) }
}
