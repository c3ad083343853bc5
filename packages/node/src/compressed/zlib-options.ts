// Options for zlib that a polluted `Object.prototype` adds nothing to.

/**
 * Without a prototype for zlib itself. Its streams copy the options into an ordinary object, so what they may leave out is there, and
 * undefined.
 */
export const ownOptions: object = {
  __proto__: null,
  decodeStrings: undefined,
  defaultEncoding: undefined,
  encoding: undefined,
  flush: undefined,
  highWaterMark: undefined,
  objectMode: undefined,
  readableHighWaterMark: undefined,
  readableObjectMode: undefined,
  signal: undefined,
  writableHighWaterMark: undefined,
  writableObjectMode: undefined,
  construct: undefined,
  destroy: undefined,
  final: undefined,
  read: undefined,
  transform: undefined,
  write: undefined,
  writev: undefined,
}
