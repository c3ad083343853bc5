// What a plugin says about the output of its runs.

import { checkInteger, readOptions } from '../base/check.js'
import { checkElements, type TypedArray } from '../data/typed-array.js'
import type { DefinedPlugin, OutputShape } from './plugin-contract.js'

/** An {@link OutputShape} with its defaults. */
export interface CheckedShape {
  readonly elements: OutputShape<TypedArray>['elements']
  readonly times: number
  readonly per: number
}

/**
 * Check the shape of an output, and fill in its defaults.
 *
 * @throws {TypeError | RangeError} it is none
 */
export function checkOutputShape(argument: string, shape: OutputShape<TypedArray>): CheckedShape {
  const { elements, times = 1, per = 1 } = readOptions(argument, shape, ['elements', 'times', 'per'])
  checkInteger(`${argument}.times`, times, 1)
  checkInteger(`${argument}.per`, per, 1)
  if (times > 1 && per > 1) {
    throw new RangeError(`${argument}: expected times or per, got both: ${times} and ${per}`)
  }
  return { elements: checkElements(elements, `${argument}.elements`), times, per }
}

/** What runs of a plugin with these parameters are written into; undefined if they are not. */
export function shapeOf({ into }: DefinedPlugin, params: unknown): CheckedShape | undefined {
  if (into === undefined) return undefined
  return checkOutputShape('plugin.into', typeof into === 'function' ? into(params) : into)
}
