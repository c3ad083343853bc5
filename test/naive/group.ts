// The naive twin of groupBy: text, regular expressions, a Map, and exact sums in BigInt.

/** How a column's text is read. */
export interface NaiveColumn {
  readonly name: string
  readonly field: number
  readonly type: 'integer' | 'decimal' | 'double'
  readonly digits?: number
}

export interface NaiveGroup {
  readonly key: Buffer
  count: number
  /** Per column: all numbers; decimals and integers in units. */
  readonly numbers: (number | bigint)[][]
}

export interface NaiveGroups {
  /** In the order of the keys' bytes. */
  readonly groups: readonly NaiveGroup[]
  readonly malformed: number
}

/** Group the lines of `bytes`. latin1 text has one character per byte. */
export function naiveGroups(
  bytes: Uint8Array,
  columns: readonly NaiveColumn[],
  { key = 0, separator = ',' }: { key?: number; separator?: string } = {},
): NaiveGroups {
  const text = Buffer.from(bytes).toString('latin1')
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const found = new Map<string, NaiveGroup>()
  let malformed = 0
  for (const line of lines) {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line
    const fields = whole.split(separator)
    const numbers = columns.map((column) => naiveNumber(fields[column.field], column))
    const name = fields[key]
    if (whole === '' || name === undefined || numbers.includes(undefined)) {
      malformed++
      continue
    }
    const group = found.get(name) ?? { key: Buffer.from(name, 'latin1'), count: 0, numbers: columns.map(() => []) }
    found.set(name, group)
    group.count++
    numbers.forEach((number, i) => {
      group.numbers[i]!.push(number!)
    })
  }
  return { groups: [...found.values()].sort((a, b) => Buffer.compare(a.key, b.key)), malformed }
}

function naiveNumber(text: string | undefined, { type, digits = 0 }: NaiveColumn): number | bigint | undefined {
  const match = /^([+-]?)(\d+(?:\.\d+)?|\.\d+)([eE][+-]?\d+)?$/.exec(text ?? '')
  if (match === null) return undefined
  if (type === 'double') return Number(text)
  const [, sign = '', mantissa = '', exponent] = match
  const [whole = '', fraction = ''] = mantissa.split('.')
  if (exponent !== undefined || fraction.length > digits) return undefined
  const units = BigInt(whole + fraction.padEnd(digits, '0'))
  return sign === '-' ? -units : units
}
