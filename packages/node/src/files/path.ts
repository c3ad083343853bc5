// Paths as users give them, and the errors for paths that the system refuses.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineOwn, isError, isThenable, memberOf, show } from '@onecopy/core/lane'

/**
 * Make `path` absolute, so that a later `process.chdir` changes nothing.
 *
 * @throws {TypeError} `path` is neither a path nor a `file:` URL
 */
export function absolutePath(path: unknown): string {
  const expected = 'path: expected a path or a file: URL'
  if (isUrl(path)) {
    if (path.protocol !== 'file:') {
      throw new TypeError(`${expected}, got ${show(path.href)}${/^https?:$/.test(path.protocol) ? toHttp : ''}`)
    }
    return fileURLToPath(path.href)
  }
  if (typeof path !== 'string' || path === '') throw new TypeError(`${expected}, got ${show(path)}${cureFor(path)}`)
  return resolve(path)
}

/** What to do with the address of something on a server. */
const toHttp = '; for data on a server, use http(url)'

/** Looks at the shape and not at the class, because a test runner may use the `URL` of another realm. */
export function isUrl(value: unknown): value is URL {
  return (
    typeof value === 'object' &&
    value !== null &&
    memberOf(value, 'href') !== undefined &&
    memberOf(value, 'protocol') !== undefined
  )
}

/** What to do instead; empty if nothing is known. */
function cureFor(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  if (ArrayBuffer.isView(value) || memberOf(value, 'byteLength') !== undefined) {
    return memberOf(value, 'describe') !== undefined
      ? '; it is shared data already: give it to map or run'
      : '; for data in memory, use share(data)'
  }
  if (value instanceof Response) return '; for a response: load(response.body)'
  return isThenable(value) ? '; await it' : ''
}

/** Length of the longest path that messages show whole. */
const mostShown = 1024

/** Show a path in a message: whole, unless it looks like a text that was given by mistake. */
export function showPath(name: string): string {
  return name.length > mostShown || name.includes('\n') ? show(name) : JSON.stringify(name)
}

/** The error for a path that names no readable file. */
export function notAFile(name: string, isDirectory: boolean): TypeError {
  const error = new TypeError(`path: ${showPath(name)} is ${isDirectory ? 'a directory' : 'not a regular file'}`)
  if (isDirectory) defineOwn(error, 'code', 'EISDIR')
  return error
}

/** The error for a path that cannot be opened or read, with the system's code. */
export function unreadable(what: 'open' | 'read', name: string, cause: unknown): Error {
  // `as`: what the file system throws has a code.
  const system = cause as NodeJS.ErrnoException
  const [code, errno, syscall] = [memberOf(system, 'code'), memberOf(system, 'errno'), memberOf(system, 'syscall')]
  const isText = code === 'ENAMETOOLONG' || name.includes('\n')
  // A relative path was made absolute, so the address is behind a folder, and `//` has become one.
  const isAddress = code === 'ENOENT' && /[\\/]https?:[\\/]/.test(name)
  const cure = isText ? '; to use text as data, call share(text)' : isAddress ? toHttp : ''
  const message = `path: cannot ${what} ${showPath(name)}: ${systemText(cause)}${cure}`
  // The system's own error contains the whole path. If a text was given by mistake, that is the whole text.
  const isLong = name.length > mostShown
  const error = isLong ? new Error(message) : new Error(message, { cause })
  for (const [key, value] of Object.entries({ code, errno, syscall })) defineOwn(error, key, value)
  if (!isLong) defineOwn(error, 'path', name)
  return error
}

/** The system's message without the path that Node appends. The path may be long, and our messages show it anyway. */
export function systemText(cause: unknown): string {
  if (!isError(cause)) return String(cause)
  // `as`: see above.
  const { syscall } = cause as NodeJS.ErrnoException
  return cause.message.split(`, ${syscall} '`, 1)[0]!
}
