// Checks the data of a run. If it is none, the message says how to get some.

import { isThenable, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'

/** @throws {TypeError} it is no shared data */
export function checkData(data: unknown): void {
  if (typeof data === 'object' && data !== null && typeof memberOf(data, 'describe') === 'function') return
  throw new TypeError(
    `data: expected shared data, from share(), alloc(), range(), load(), file() or stream(), got ${show(data)}${dataCure(data)}`,
  )
}

/** What turns `data` into shared data. */
function dataCure(data: unknown): string {
  if (typeof data === 'string') return '; if it is a path: file(path) or await load(path), if it is text: share(text)'
  if (Object.prototype.toString.call(data) === '[object URL]') return '; give file(url) or await load(url)'
  if (ArrayBuffer.isView(data) || isBuffer(data)) return '; put it into shared memory with share(data)'
  if (Array.isArray(data)) return '; put numbers into shared memory with share(Float64Array.from(data))'
  if (typeof data === 'number') return '; for the numbers from 0 to it: range(data)'
  if (typeof data === 'function') return '; the data comes first, then the function'
  return isThenable(data) ? '; await it' : ''
}

function isBuffer(value: unknown): boolean {
  return ['[object ArrayBuffer]', '[object SharedArrayBuffer]'].includes(Object.prototype.toString.call(value))
}
