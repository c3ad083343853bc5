// Which chunks a span on the command line means.

import type { Span } from '@onecopy/core'
import { InvalidArgumentError } from 'commander'

/** A span as it was written: span `index` of `of`, or chunk numbers. */
export type WrittenSpan = { readonly index: number; readonly of: number } | Span

/** Most spans of a job: so many chunks are possible. */
const most = 2 ** 30

/** Parse `i/n` or `from-to`. */
export function parseSpan(text: string): WrittenSpan {
  const [, index = '', of = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (of !== '' && Number(of) <= most && Number(index) < Number(of)) return { index: Number(index), of: Number(of) }
  const [, from = '', to = ''] = /^(\d+)-(\d+)$/.exec(text) ?? []
  if (to !== '' && Number(from) < Number(to) && Number(to) <= most) return { from: Number(from), to: Number(to) }
  if (of !== '') {
    throw new InvalidArgumentError(`Spans count from 0: expected 0/${of} to ${Math.max(0, Number(of) - 1)}/${of}.`)
  }
  throw new InvalidArgumentError('Expected i/n, such as 0/8 to 7/8, or chunk numbers from-to, such as 32-64.')
}

/**
 * The chunks of span `index` when `count` chunks are cut into `of` spans of about the same length. With more spans than chunks,
 * some are empty.
 *
 * @param unit - spans begin and end at multiples of this, or at `count`
 */
export function spanAt(index: number, of: number, count: number, unit: number): Span {
  const units = Math.ceil(count / unit)
  // Dividing first keeps the products exact: those of two numbers up to 2^30 may need more than 53 bits.
  const edge = (at: number): number => {
    const whole = Math.floor(units / of) * at
    return Math.min(count, (whole + Math.floor(((units % of) * at) / of)) * unit)
  }
  return { from: edge(index), to: edge(index + 1) }
}

/** More spans than this are not guessed. */
const mostGuessed = 4096

/**
 * The spans `i/n` that make the chunks which are missing; undefined if the parts that are there are of no such cut.
 *
 * @param there - the chunks of each part that is there
 * @param missing - ascending
 */
export function guessMissing(
  there: readonly Span[],
  missing: readonly Span[],
  count: number,
  unit: number,
): readonly { readonly index: number; readonly of: number }[] | undefined {
  const isSpan = ({ from, to }: Span, of: number): boolean => {
    const index = Math.ceil((from / Math.max(1, count)) * of)
    return [index - 1, index, index + 1].some((each) => {
      if (each < 0 || each >= of) return false
      const span = spanAt(each, of, count, unit)
      return span.from === from && span.to === to
    })
  }
  const wanted = lengthOf(missing)
  for (let of = Math.max(1, there.length); of <= Math.min(count, mostGuessed); of++) {
    if (!there.every((span) => isSpan(span, of))) continue
    const found = Array.from({ length: of }, (_, index) => ({ index, ...spanAt(index, of, count, unit) })).filter(
      (span) => span.from < span.to && missing.some(({ from, to }) => from <= span.from && span.to <= to),
    )
    if (lengthOf(found) === wanted) return found.map(({ index }) => ({ index, of }))
  }
  return undefined
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0)
}
