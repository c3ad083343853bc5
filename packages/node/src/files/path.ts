// Paths as users give them, and what the system has against them.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineOwn, isError, isThenable, memberOf, show } from '@onecopy/core/lane'

/**
 * `path` as an absolute path: a later `process.chdir` changes nothing.
 *
 * @throws {TypeError} it is no path and no `file:` URL
 */
export function absolutePath(path: unknown): string {
  const expected = 'path: expected a path or a file: URL'
  if (isUrl(path)) {
    if (path.protocol !== 'file:') throw new TypeError(`${expected}, got ${show(path.href)}`)
    return fileURLToPath(path.href)
  }
  if (typeof path !== 'string' || path === '') throw new TypeError(`${expected}, got ${show(path)}${cureFor(path)}`)
  return resolve(path)
}

/** Told by its shape: a test runner may have a `URL` of another realm. */
export function isUrl(value: unknown): value is URL {
  return (
    typeof value === 'object' &&
    value !== null &&
    memberOf(value, 'href') !== undefined &&
    memberOf(value, 'protocol') !== undefined
  )
}

/** What would be right instead; empty if nothing is known. */
function cureFor(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  if (ArrayBuffer.isView(value) || memberOf(value, 'byteLength') !== undefined) {
    return memberOf(value, 'describe') !== undefined
      ? '; it is shared data already: give it to map or run'
      : '; data in memory: share(data)'
  }
  return isThenable(value) ? '; await it' : ''
}

/** Longest path that messages show whole. */
const mostShown = 1024

/** A path as messages show it: whole, unless it is no path but a text. */
export function showPath(name: string): string {
  return name.length > mostShown || name.includes('\n') ? show(name) : JSON.stringify(name)
}

/** A path that names no file that can be read. */
export function notAFile(name: string, isDirectory: boolean): TypeError {
  const error = new TypeError(`path: ${showPath(name)} is ${isDirectory ? 'a directory' : 'no regular file'}`)
  if (isDirectory) defineOwn(error, 'code', 'EISDIR')
  return error
}

/** The error of a path that cannot be opened or read, with the system's code. */
export function unreadable(what: 'open' | 'read', name: string, cause: unknown): Error {
  // `as`: what the file system throws has a code.
  const system = cause as NodeJS.ErrnoException
  const [code, errno, syscall] = [memberOf(system, 'code'), memberOf(system, 'errno'), memberOf(system, 'syscall')]
  const isText = code === 'ENAMETOOLONG' || name.includes('\n')
  const cure = isText ? '; to take text as data: share(text)' : ''
  const message = `path: cannot ${what} ${showPath(name)}: ${systemText(cause)}${cure}`
  // The system's own error holds the whole path, and so would be as long as a text that was taken for one.
  const isLong = name.length > mostShown
  const error = isLong ? new Error(message) : new Error(message, { cause })
  for (const [key, value] of Object.entries({ code, errno, syscall })) defineOwn(error, key, value)
  if (!isLong) defineOwn(error, 'path', name)
  return error
}

/** What the system says, without the path that Node puts behind it: that may be long, and is told anyway. */
export function systemText(cause: unknown): string {
  if (!isError(cause)) return String(cause)
  // `as`: see above.
  const { syscall } = cause as NodeJS.ErrnoException
  return cause.message.split(`, ${syscall} '`, 1)[0]!
}
