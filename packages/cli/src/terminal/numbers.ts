// Numbers, times and sizes as text for people.

/** `1234567.5` as `1,234,567.5`: all digits, with separated thousands. */
export function formatNumber(value: number | bigint): string {
  const text = String(value)
  const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? []
  if (whole === undefined) return text
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest ?? ''}`
}

/** A number in little room, with at most six significant digits. */
export function formatShort(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return formatNumber(value)
  return formatNumber(Number(value.toPrecision(6)))
}

/** `1 line`, `1,234 lines`. */
export function formatCount(count: number, unit: string): string {
  return `${formatNumber(count)} ${unit}${count === 1 ? '' : 's'}`
}

const units = ['kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes with three significant digits: `999 bytes`, `1.50 MB`. Units are powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return formatCount(Math.round(bytes), 'byte')
  let value = bytes / 1000
  let unit = 0
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${units[unit]}`
}

/** Milliseconds as `12 ms`, `3.4 s`, `2 min 05 s` or `1 h 02 min`. */
export function formatTime(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

const suffixes: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/**
 * Parse `64K`, `4M`, `1G` or a plain number of bytes. Suffixes are powers of 1024, as in `head -c`. Undefined if it is not a
 * size.
 */
export function parseBytes(text: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([KMG]?)(?:i?B)?$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const bytes = Number(digits) * suffixes[suffix.toUpperCase()]!
  return Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : undefined
}
