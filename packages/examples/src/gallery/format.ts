// Numbers and text for people, for the gallery's table and details.

/** `1234567` as `1,234,567`; with a unit, as `1,234,567 lines` or `1 line`. */
export function formatCount(count: number, unit?: string): string {
  const digits = count.toLocaleString('en')
  return unit === undefined ? digits : `${digits} ${unit}${count === 1 ? '' : 's'}`
}

/** Milliseconds, with the significant digits only. */
export function formatTime(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`
}

/** Bytes in megabytes of 10^6. */
export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** Text in quotation marks. Characters that are not printable are escaped, and long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 23)}…` : text)
}
