// Any result that a run can have, as JSON: in pieces, so that a long one never is one string.

const pieceLength = 64 * 1024

/**
 * The JSON of a value that may hold what JSON has no word for:
 *
 * - typed arrays, array buffers and `Set`s are arrays; a `Map` is an array of `[key, value]` pairs
 * - a `bigint` is a string of its digits; `NaN`, `Infinity` and `-Infinity` are these words as strings
 * - a `Date` is its ISO string; an `Error` is `{ name, message }` and its own properties
 * - `undefined` is `null`, and left out as a member of an object; a value that holds itself is `"[circular]"` there
 *
 * @returns pieces that, joined, are one line of JSON
 */
export function* toJson(value: unknown): Generator<string> {
  let held = ''
  for (const piece of pieces(value, [])) {
    held += piece
    if (held.length < pieceLength) continue
    yield held
    held = ''
  }
  yield held
}

function* pieces(value: unknown, around: readonly object[]): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    yield primitive(value)
  } else if (value instanceof Date) {
    yield JSON.stringify(value)
  } else if (around.includes(value)) {
    yield '"[circular]"'
  } else {
    yield* members(value, [...around, value])
  }
}

function primitive(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (typeof value === 'bigint') return `"${value}"`
  return JSON.stringify(value) ?? 'null'
}

function* members(value: object, around: readonly object[]): Generator<string> {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    // `as`: every view that is no DataView is a typed array of numbers.
    yield* list(value as unknown as Iterable<unknown>, around)
  } else if (ArrayBuffer.isView(value)) {
    yield* list(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), around)
  } else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    yield* list(new Uint8Array(value), around)
  } else if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
    yield* list(value, around)
  } else {
    const own = Object.entries(value)
    yield* object(value instanceof Error ? [['name', value.name], ['message', value.message], ...own] : own, around)
  }
}

function* list(values: Iterable<unknown>, around: readonly object[]): Generator<string> {
  let before = '['
  for (const value of values) {
    yield before
    before = ','
    yield* pieces(value, around)
  }
  yield before === '[' ? '[]' : ']'
}

function* object(entries: readonly (readonly [string, unknown])[], around: readonly object[]): Generator<string> {
  let before = '{'
  for (const [key, value] of entries) {
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue
    yield `${before}${JSON.stringify(key)}:`
    before = ','
    yield* pieces(value, around)
  }
  yield before === '{' ? '{}' : '}'
}
