// Checks of arguments. Every public function checks its arguments once. The error names the argument and shows the value.

/** {@link show} shortens text that has more characters than this. */
const longestShown = 60

/** A value for an error message: short, on one line, without control characters. Never throws. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > longestShown
        ? `${showText(value.slice(0, longestShown - 3))}… (${value.length} characters)`
        : showText(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return showBigInt(value)
    case 'function': {
      const name = nameOf(value)
      return name === '' ? 'a function' : `function ${name}`
    }
    case 'symbol':
      return `Symbol(${shorten(value.description ?? '')})`
    case 'object': {
      if (value === null) return 'null'
      if (Array.isArray(value)) return `an array of ${value.length}`
      return `an object (${constructorName(value)})`
    }
    default:
      return String(value)
  }
}

function showText(text: string): string {
  return printable(JSON.stringify(text))
}

/** Bigints this large are not written out, because computing their digits would take long. */
const tooManyDigits = 10n ** 40n

function showBigInt(value: bigint): string {
  return value > -tooManyDigits && value < tooManyDigits ? `${value}n` : 'a bigint of more than 40 digits'
}

function constructorName(value: object): string {
  try {
    return nameOf(value.constructor) || 'Object'
  } catch {
    // A getter or proxy may throw. That must not hide the error that is being reported.
    return 'Object'
  }
}

/** The name of a function; '' if it has none. */
function nameOf(fn: unknown): string {
  try {
    const { name } = fn as { readonly name?: unknown }
    return typeof fn === 'function' && typeof name === 'string' ? shorten(name) : ''
  } catch {
    // As above: it may throw, and must not hide the error that is being reported.
    return ''
  }
}

function shorten(text: string): string {
  return printable(text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text)
}

/**
 * Characters that control a terminal, or change the order of the text beside them: C0 and C1 controls (except tab and line
 * feed), line and paragraph separators, bidirectional marks.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * `text` with each terminal control character replaced by its escape sequence, because messages quote data. Tabs and line feeds
 * stay.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Whether `value` is a promise or another thenable object. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
}

/**
 * Return `value` if it is an integer `>= least` (and `<= most`).
 *
 * @throws {RangeError} it is not; the message names `name` and shows `value`
 */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `>= ${least}` : `from ${least} to ${most}`
  throw new RangeError(`${name}: expected an integer ${range}, got ${show(value)}`)
}

/**
 * Check that a function got no more arguments than it takes. It would ignore the others, but its caller relies on them.
 *
 * @param most - how many arguments it takes
 * @param given - its `arguments.length`
 * @throws {TypeError} it got more; the message names the function
 */
export function checkCount(name: string, most: number, given: number): void {
  if (given <= most) return
  const takes = most === 0 ? 'no argument' : most === 1 ? '1 argument' : `at most ${most} arguments`
  const cure = most === 0 ? '' : `; as a callback, write (value) => ${name}(value)`
  throw new TypeError(`${name}: takes ${takes}, got ${given}${cure}`)
}

/** Whether `value` is a `Uint8Array`. It looks at the tag, so a `Buffer` and an array of another realm count too. */
export function isBytes(value: unknown): value is Uint8Array {
  // `as`: every typed array has this tag.
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array'
}

/**
 * Check that `value` is a `Uint8Array`.
 *
 * @throws {TypeError} it is not; the message names `name` and shows `value`
 */
export function checkBytes(name: string, value: unknown): asserts value is Readonly<Uint8Array> {
  if (!isBytes(value)) throw new TypeError(`${name}: expected a Uint8Array, got ${show(value)}`)
}

/** Whether `value` is a plain object, of this realm or another. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Copy `options` into an object without a prototype, so that a polluted `Object.prototype` adds nothing to it.
 *
 * @throws {TypeError} `options` is not a plain object, or has a key that is not in `known`
 */
export function readOptions<O extends object>(
  name: string,
  options: O | undefined,
  known: readonly (keyof O & string)[],
): O {
  const copy = Object.create(null)
  if (options === undefined) return copy
  if (!isPlainObject(options)) {
    throw new TypeError(`${name}: expected a plain object, got ${show(options)}`)
  }
  for (const key of Object.keys(options) as (keyof O & string)[]) {
    if (!known.includes(key)) {
      throw new TypeError(`${name}.${shorten(key)}: there is no such option; the options are ${known.join(', ')}`)
    }
    copy[key] = options[key]
  }
  return copy
}
