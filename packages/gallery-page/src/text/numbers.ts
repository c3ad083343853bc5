// Numbers as people read them.

const kibi = 1024

/** A whole number with commas: `1,234,567`. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** A count with what is counted: "1 word", "2 words". */
export function countOf(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`
}

/** A number of bytes: `12 bytes`, `64 MiB`, `1.02 GiB`. Whole numbers of a unit have no decimals. */
export function bytesText(bytes: number): string {
  if (bytes < kibi) return `${countText(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes / kibi
  let unit = 0
  while (value >= kibi && unit < units.length - 1) {
    value /= kibi
    unit++
  }
  const digits = Number.isInteger(value) ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** A duration in milliseconds: `0.26 ms`, `45 ms`, `1.20 s`. */
export function timeText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`
}

/** Bytes per time in GB/s (10^9 bytes per second), with two decimals; `–` if no time has passed. */
export function rateText(bytes: number, ms: number): string {
  return ms > 0 ? `${(bytes / ms / 1e6).toFixed(2)} GB/s` : '–'
}

/** An offset in decimal and in hexadecimal: `4,096 (0x1000)`. */
export function offsetText(offset: number): string {
  return `${countText(offset)} (0x${offset.toString(16)})`
}

/** A part of a whole in percent, with as many decimals as small parts need. */
export function percentText(part: number, whole: number): string {
  if (whole === 0) return '0 %'
  const percent = (100 * part) / whole
  return `${percent.toFixed(percent >= 10 ? 1 : 3)} %`
}
