// How a reducer finds the key of a record: by the name of a field, or by a function.

import { show } from '../base/check.js'
import { wrongResult } from './reducer-checks.js'
import { refusePromise } from './refuse-promise.js'

/** Returns the key of a record. */
export type KeyReader = (record: unknown) => unknown

/**
 * The reader for `key`.
 *
 * @param name - the reducer that reads
 * @throws {TypeError} `key` is neither text nor a function
 */
export function readKey(name: string, key: unknown): KeyReader {
  if (typeof key === 'function') {
    // `as`: what the user's function takes is the user's to know.
    const read = key as KeyReader
    return (record) => refusePromise('key', read(record))
  }
  if (typeof key !== 'string') throw new TypeError(`key: expected a function or the name of a field, got ${show(key)}`)
  return (record) => {
    if (typeof record !== 'object' || record === null) throw wrongResult(name, `records with ${show(key)}`, record)
    // `as`: any member of any object can be read.
    return (record as Record<string, unknown>)[key]
  }
}
