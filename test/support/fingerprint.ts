// Values as text that differs when a single bit of them does.

const float = new DataView(new ArrayBuffer(8))

/** All bits of `value`: kinds, keys in their order, -0 apart from 0. Two values are equal byte for byte when this is. */
export function fingerprint(value: unknown): string {
  switch (typeof value) {
    case 'number':
      // Programs cannot tell one NaN from another, and engines pick their bits as they like.
      if (Number.isNaN(value)) return 'NaN'
      float.setFloat64(0, value)
      return `f${float.getBigUint64(0).toString(16)}`
    case 'bigint':
      return `${value}n`
    case 'string':
      return JSON.stringify(value)
    case 'object':
      return value === null ? 'null' : ofObject(value)
    default:
      return String(value)
  }
}

function ofObject(value: object): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  if (ArrayBuffer.isView(value)) {
    return `${kind}<${[...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]}>`
  }
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`
  if (value instanceof Map || value instanceof Set) return `${kind}${fingerprint([...value])}`
  if (value instanceof Date) return `Date ${value.getTime()}`
  return `${kind}{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${fingerprint(member)}`)
    .join()}}`
}
