// Checks at the door: every public function tests its arguments once, names the argument and shows the value.

/** A value as an error message shows it: short, on one line, never throwing. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60
        ? `${JSON.stringify(value.slice(0, 57))}… (${value.length} characters)`
        : JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return value.name === '' ? 'a function' : `function ${value.name}`
    case 'object': {
      if (value === null) return 'null'
      if (Array.isArray(value)) return `an array of ${value.length}`
      return `an object (${constructorName(value)})`
    }
    default:
      return String(value)
  }
}

function constructorName(value: object): string {
  try {
    const { constructor: Class } = value
    return typeof Class === 'function' && Class.name !== '' ? Class.name : 'Object'
  } catch {
    // A getter or proxy that throws must not hide the error that is being reported.
    return 'Object'
  }
}

/**
 * `value` as an integer `>= least` (and `<= most`).
 *
 * @throws {RangeError} naming `name` and showing `value`
 */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value
  const upper = most === Number.MAX_SAFE_INTEGER ? '' : ` and <= ${most}`
  throw new RangeError(`${name}: expected an integer >= ${least}${upper}, got ${show(value)}`)
}

/** Whether `value` is a `Uint8Array`: told by its tag, which a `Buffer` and an array of another realm have as well. */
export function isBytes(value: unknown): value is Uint8Array {
  // `as`: any typed array can be asked for its tag.
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array'
}

/**
 * That `value` is a `Uint8Array`.
 *
 * @throws {TypeError} naming `name` and showing `value`
 */
export function checkBytes(name: string, value: unknown): asserts value is Readonly<Uint8Array> {
  if (!isBytes(value)) throw new TypeError(`${name}: expected a Uint8Array, got ${show(value)}`)
}

/** Whether `value` is an object as a literal makes it, of this realm or another. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * A copy of `options` with no prototype, so that a polluted `Object.prototype` adds nothing to it.
 *
 * @throws {TypeError} `options` is no plain object, or has a key that is not in `known`
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
      throw new TypeError(`${name}.${key}: there is no such option; there are ${known.join(', ')}`)
    }
    copy[key] = options[key]
  }
  return copy
}
