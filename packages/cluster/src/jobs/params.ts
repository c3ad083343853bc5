// Parameters on their way to other machines: encoded as a structured clone. Shared memory stays on its machine, so it is refused.

import { deserialize, serialize } from 'node:v8'
import { hasOwn, isError, isSharedTable, show } from '@onecopy/core/lane'

/**
 * Encode parameters as text.
 *
 * @throws {TypeError} they hold shared data, which other machines do not have, or something that cannot be cloned
 */
export function encodeParams(params: unknown): string | undefined {
  if (params === undefined) return undefined
  const path = findShared(params, 'params', new Set())
  if (path !== undefined) {
    throw new TypeError(`${path}: shared data stays on its machine; give a plain array, or let the plugin read a file`)
  }
  try {
    return serialize(params).toString('base64')
  } catch (cause) {
    throw new TypeError(`params: ${isError(cause) ? cause.message : show(cause)}`, { cause })
  }
}

/** @throws {Error} the text is not what {@link encodeParams} gives */
export function decodeParams(text: string): unknown {
  return deserialize(Buffer.from(text, 'base64'))
}

/** The path to shared data in `value`; undefined if there is none. */
function findShared(value: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  if (isShared(value)) return path
  if (ArrayBuffer.isView(value)) return findShared(value.buffer, path, seen)
  const members: Iterable<readonly [unknown, unknown]> =
    value instanceof Map
      ? [...value].flatMap(([key, member]) => [['key', key] as const, [String(key), member] as const])
      : value instanceof Set
        ? [...value].map((member, i) => [i, member] as const)
        : Object.entries(value)
  for (const [key, member] of members) {
    const found = findShared(member, `${path}.${key}`, seen)
    if (found !== undefined) return found
  }
  return undefined
}

function isShared(value: object): boolean {
  if (value instanceof SharedArrayBuffer || isSharedTable(value)) return true
  // `as`: any member of any object can be read.
  const { describe, open } = value as { readonly describe?: unknown; readonly open?: unknown }
  return typeof describe === 'function' && typeof open === 'function' && !hasOwn(value, 'describe')
}
