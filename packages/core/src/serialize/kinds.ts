// What kind of object a value is, for those who copy it.

/** Whether `value` is data outside memory: an instance of a class that has `describe` and `open`. */
export function isFileData(value: object): boolean {
  if (isPlain(value)) return false
  // `as`: any member of any object can be read.
  const { describe, open, elementType } = value as Record<string, unknown>
  return typeof describe === 'function' && typeof open === 'function' && typeof elementType === 'string'
}

/** Whether `value` is a plain object. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
