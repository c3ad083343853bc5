// Parameters on their way to the lanes. They are cloned once per lane, but shared data in them stays shared.

import type { DataDescription } from '../data/contract.js'
import { countBuffer, nameOf } from '../data/memory-accounts.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { TableLayout } from '../tables/contract.js'
import { openTable } from '../tables/open-table.js'
import { cloneValue } from './clone.js'
import { isPlain } from './kinds.js'
import { rebuild } from './rebuild.js'
import { Survey } from './survey.js'
import { findUncloneable } from './uncloneable.js'

/** Parameters, described as plain data. */
export interface ParamsDescription {
  /** The parameters, with an empty object in place of each piece of shared data. */
  readonly value: unknown
  /**
   * These empty objects. A clone of this description has the same object here and in `value`, so no key or value of the
   * parameters can be mistaken for one.
   */
  readonly placeholders: readonly object[]
  /** The shared data that each of `placeholders` stands for. */
  readonly shared: readonly DataDescription[]
  /** For each of `shared`: how a table lies in it; undefined if it is no table. */
  readonly layouts: readonly (TableLayout | undefined)[]
  /** Shared buffers in the parameters, alone or behind a view. */
  readonly buffers: readonly SharedArrayBuffer[]
  /** The name of each of `buffers`. A thread recognizes a buffer by it when the buffer arrives again. */
  readonly bufferNames: readonly string[]
}

/**
 * Take a snapshot of `params` that can be posted. Changes that the caller makes later do not reach the run.
 *
 * @throws {TypeError} something in it cannot be cloned, or shared data is where cloning would lose it; the message names the
 *   path
 */
export function describeParams(params: unknown): ParamsDescription {
  if (params === undefined) return noParams
  const own = readOnce(params)
  // On some runtimes, cloning posts a message to the same thread, which takes longer than a short run. A new flat object does
  // the same.
  if (isFlat(own)) return { value: own, placeholders: [], shared: [], layouts: [], buffers: [], bufferNames: [] }
  const survey = new Survey('params', own)
  const { replaced, made: transfer } = survey.cut()
  const placeholders: object[] = []
  const shared: DataDescription[] = []
  const layouts: (TableLayout | undefined)[] = []
  for (const [data, description] of survey.shared) {
    const placeholder = {}
    placeholders.push(placeholder)
    shared.push(description)
    layouts.push(survey.layouts.get(data))
    replaced.set(data, placeholder)
  }
  const value = replaced.size === 0 ? own : rebuild(own, replaced)
  const buffers = [...survey.buffers]
  try {
    const cloned = cloneValue({ value, placeholders, buffers }, transfer)
    const bufferNames = buffers.map(nameOf)
    countAll(cloned.buffers, bufferNames)
    // `shared` and `layouts` hold no object of the caller, so they need no clone.
    return {
      value: cloned.value,
      placeholders: cloned.placeholders,
      shared,
      layouts,
      buffers: cloned.buffers,
      bufferNames,
    }
  } catch (cause) {
    throw refusal(own, cause)
  }
}

const noParams: ParamsDescription = {
  value: undefined,
  placeholders: [],
  shared: [],
  layouts: [],
  buffers: [],
  bufferNames: [],
}

/**
 * A copy of `params` in which each getter has become the value that it returned. What follows looks at the copy more than once; a
 * getter may return something else each time.
 */
function readOnce(params: unknown): unknown {
  try {
    return rebuild(params, new Map())
  } catch (cause) {
    // A getter threw, or the nesting is too deep.
    throw refusal(params, cause)
  }
}

function refusal(params: unknown, cause: unknown): TypeError {
  return new TypeError(`params${findUncloneable(params) ?? ''}: cannot be sent to a worker`, { cause })
}

/** Whether `params` is a primitive that can be cloned, or a plain object of such primitives. */
function isFlat(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return isClonablePrimitive(params)
  return isPlain(params) && Object.values(params).every(isClonablePrimitive)
}

function isClonablePrimitive(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value)
}

/** Clone described parameters for one lane. The shared data in them stays the same data. */
export function cloneParams({ shared, layouts, ...params }: ParamsDescription): ParamsDescription {
  return { ...cloneValue(params), shared, layouts }
}

function countAll(buffers: readonly SharedArrayBuffer[], names: readonly string[]): void {
  for (const [i, buffer] of buffers.entries()) countBuffer(buffer, names[i])
}

/** Make the parameters again in a lane. `open` opens the shared data in them. */
export function loadParams(described: ParamsDescription, open: (description: DataDescription) => unknown): unknown {
  const { value, placeholders, shared, layouts, buffers, bufferNames } = described
  countAll(buffers, bufferNames)
  if (shared.length === 0) return value
  const opened = new Map<object, unknown>()
  for (const [i, placeholder] of placeholders.entries()) {
    const data = open(shared[i]!)
    const layout = layouts[i]
    // `as`: a table is described by its memory.
    opened.set(placeholder, layout === undefined ? data : openTable(data as SharedMemory<Uint8Array>, layout))
  }
  return rebuild(value, opened)
}
