// URLs as users and redirects give them.

import { isThenable, show } from '@onecopy/core/lane'
import { isUrl } from '../files/path.js'
import { HttpFailure } from './http-failure.js'

/** What a URL says. */
export interface Location {
  /** The URL without name, password and fragment. */
  readonly url: string
  /** The `Authorization` that its name and password make; undefined if it has none. */
  readonly authorization: string | undefined
}

/**
 * Read the URL that the user gave.
 *
 * @throws {TypeError} it is no URL with `http:` or `https:`
 */
export function readLocation(given: unknown): Location {
  const expected = 'url: expected a URL with http: or https:'
  const text = isUrl(given) ? given.href : given
  if (typeof text !== 'string')
    throw new TypeError(`${expected}, got ${show(text)}${isThenable(text) ? '; await it' : ''}`)
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // The text is not shown as it is, because it may hold a password or a signature.
    throw new TypeError(`${expected}, got ${show(text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//'))}`)
  }
  if (!isWeb(url)) throw new TypeError(`${expected}, got one with ${show(url.protocol)}; for a file, use file(path)`)
  const { username, password } = url
  const isPlain = username === '' && password === ''
  const authorization = isPlain
    ? undefined
    : `Basic ${Buffer.from(`${decodePart(username)}:${decodePart(password)}`).toString('base64')}`
  return { url: plainUrl(url), authorization }
}

/** A name or a password as it was before it became a part of a URL. It is not shown, because it may be a secret. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new TypeError('url: its name or its password has a % that begins no escape; write %25 for %')
  }
}

/** A URL as messages show it: without name, password, query and fragment. All of them may hold secrets. */
export function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}

/** Most redirects of one request. */
const mostRedirects = 5

/**
 * Where a redirect leads.
 *
 * @param count - redirects before this one
 * @throws {HttpFailure} it is not followed
 */
export function redirected(from: URL, to: string | null, count: number): URL {
  const refuse = (why: string): HttpFailure => new HttpFailure(`it redirects ${why}`)
  if (to === null) throw refuse('without saying where to')
  if (count >= mostRedirects) throw refuse(`more than ${mostRedirects} times`)
  const url = parse(to, from)
  if (url === undefined) throw refuse('to what is no URL')
  if (!isWeb(url)) throw refuse(`to a URL with ${show(url.protocol)}, which is not followed`)
  if (from.protocol === 'https:' && url.protocol === 'http:')
    throw refuse('from https: to http:, which is not followed')
  if (url.username !== '' || url.password !== '') throw refuse('to a URL with a password, which is not followed')
  return new URL(plainUrl(url))
}

function parse(text: string, base: URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    // The caller says what is wrong.
    return undefined
  }
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

function plainUrl({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search}`
}
