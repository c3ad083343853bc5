// The kinds of values in encoded bytes. docs/parts.md describes each. A number, once given, never means anything else.

/** The byte that an encoded value begins with. */
export const tags = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  number: 4,
  bigint: 5,
  text: 6,
  codeUnits: 7,
  date: 8,
  regExp: 9,
  map: 10,
  set: 11,
  list: 12,
  sparseList: 13,
  object: 14,
  typedArray: 15,
  dataView: 16,
  arrayBuffer: 17,
  sharedBuffer: 18,
  error: 19,
  boxed: 20,
  again: 21,
} as const

/** The kinds of typed arrays, by the number that stands for them. */
export const viewKinds = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const

/** The names that errors have as clones; any other error is an `Error`. */
export const errorNames = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
] as const

/** A list with holes is at most this long. Some bytes could otherwise stand for a list that takes minutes to walk through. */
export const longestSparse: number = 2 ** 26
