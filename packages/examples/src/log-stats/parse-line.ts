// Reads a line of an access log from its bytes, without making a string.

/** The request methods of RFC 9110 and RFC 5789. Any other method is `other`, so that no log can have more than ten. */
export const methods: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'other',
]

/** The contents of a line. The same object is used for all lines. */
export interface LogLine {
  /** The method's index in {@link methods}. */
  method: number
  /** 100 to 599. */
  status: number
  /** Length of the response in bytes; -1 if the log has `-`. */
  bytes: number
  /** The time taken in microseconds; -1 if the line has none. */
  micros: number
}

const space = 0x20
const quote = 0x22
const dash = 0x2d
const zero = 0x30
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
/** 10^12 is less than the largest value of the histogram. */
const mostDigits = 12

const methodBytes = methods.slice(0, -1).map((name) => Array.from(name, (character) => character.charCodeAt(0)))

/**
 * Read the line `[start, end)`, given without its line end. Returns false if it is not a line of an access log.
 *
 * The format is the Common Log Format, with or without the time taken in microseconds (Apache's `%D`) at the end:
 * `host ident user [time] "request" status bytes micros`. In a request, `\` escapes the next character. It accepts exactly what
 * matches `^[^ ]+ [^ ]+ [^ ]+ \[[^\]]*\] "(\\.|[^"\\])*" [1-5][0-9]{2} (-|[0-9]{1,12})( [0-9]{1,12})?$`.
 *
 * @see https://httpd.apache.org/docs/2.4/logs.html#common
 */
export function parseLine(bytes: Readonly<Uint8Array>, start: number, end: number, line: LogLine): boolean {
  let at = start
  for (let field = 0; field < 3; field++) {
    const from = at
    while (at < end && bytes[at] !== space) at++
    if (at === from || at >= end) return false
    at++
  }
  if (at >= end || bytes[at] !== openBracket) return false
  while (at < end && bytes[at] !== closeBracket) at++
  if (end - at < 3 || bytes[at + 1] !== space || bytes[at + 2] !== quote) return false
  const request = at + 3
  at = request
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  // After the quotation mark: a space, three digits, a space, one character.
  if (end - at < 7 || bytes[at + 1] !== space || bytes[at + 5] !== space) return false
  line.method = methodAt(bytes, request, at)
  line.status = digitsAt(bytes, at + 2, at + 5)
  // Written so that NaN fails too.
  if (!(line.status >= 100 && line.status <= 599)) return false
  at += 6
  const length = endOfField(bytes, at, end)
  line.bytes = length === at + 1 && bytes[at] === dash ? -1 : digitsAt(bytes, at, length)
  if (Number.isNaN(line.bytes)) return false
  line.micros = length === end ? -1 : digitsAt(bytes, length + 1, end)
  return !Number.isNaN(line.micros)
}

function endOfField(bytes: Readonly<Uint8Array>, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== space) at++
  return at
}

/** The number in `[start, end)`; NaN if it is not a number. */
function digitsAt(bytes: Readonly<Uint8Array>, start: number, end: number): number {
  if (end <= start || end - start > mostDigits) return Number.NaN
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** The index of the request's method, which is everything before the first space. */
function methodAt(bytes: Readonly<Uint8Array>, start: number, end: number): number {
  const length = endOfField(bytes, start, end) - start
  const found = methodBytes.findIndex(
    (name) => name.length === length && name.every((byte, i) => byte === bytes[start + i]),
  )
  return found < 0 ? methodBytes.length : found
}
