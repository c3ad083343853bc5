// An answer of the user's function as text of limited length.

const mostCharacters = 4000
const mostEntries = 100

/** A value as text: plain data as JSON, with typed arrays, maps, sets, bigints and NaN as they are read. */
export function printValue(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  let text: string
  try {
    text = JSON.stringify(value, replaced, 2) ?? String(value)
  } catch (error) {
    // A circle: answers may have one, because they are cloned and not written as JSON.
    text = `cannot be shown: ${error instanceof Error ? error.message : String(error)}`
  }
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text
}

function replaced(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value === undefined) return 'undefined'
  if (value instanceof Map) return { Map: some([...value]) }
  if (value instanceof Set) return { Set: some([...value]) }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    // `as`: every view but DataView is a typed array.
    return { [value.constructor.name]: some(Array.from(value as unknown as ArrayLike<unknown>)) }
  return Array.isArray(value) ? some(value) : value
}

function some(list: readonly unknown[]): readonly unknown[] {
  return list.length > mostEntries ? [...list.slice(0, mostEntries), `… ${list.length - mostEntries} more`] : list
}
