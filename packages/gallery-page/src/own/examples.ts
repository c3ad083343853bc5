// Functions to begin with. Some of them break a law, so that the checker has something to show.

import type { OwnCode } from './compile.js'

/** An example. */
export interface OwnExample extends OwnCode {
  readonly name: string
}

/** All examples. The first one is shown at the beginning. */
export const ownExamples: readonly OwnExample[] = [
  {
    name: 'count the zeros',
    map: `(bytes, chunk) => {
  let zeros = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros++
  return zeros
}`,
    reduce: `sum()`,
    chunks: 'fixed({ size: 262144 })',
  },
  {
    name: 'the longest line',
    map: `(bytes, chunk) => {
  // Chunks end with a line feed, because the chunker is lines().
  let longest = 0
  let from = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    longest = Math.max(longest, at - from)
    from = at + 1
  }
  return Math.max(longest, bytes.length - from)
}`,
    reduce: `{
  init: () => 0,
  add: (a, b) => Math.max(a, b),
  merge: (a, b) => Math.max(a, b)
}`,
    chunks: 'lines()',
  },
  {
    name: 'the longest run of equal bytes (broken: it forgets the borders)',
    map: `(bytes, chunk) => {
  let longest = 0
  for (let i = 0, run = 0; i < bytes.length; i++) {
    run = i > 0 && bytes[i] === bytes[i - 1] ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}`,
    reduce: `max()`,
    chunks: 'fixed({ size: 262144 })',
  },
  {
    name: 'the mean (broken: a mean of means)',
    map: `(bytes, chunk) => {
  let total = 0
  for (let i = 0; i < bytes.length; i++) total += bytes[i]
  return total / bytes.length
}`,
    reduce: `(a, b) => (a + b) / 2`,
    chunks: 'fixed({ size: 262144 })',
  },
  {
    name: 'the mean, as it should be',
    map: `(bytes, chunk) => {
  let total = 0
  for (let i = 0; i < bytes.length; i++) total += bytes[i]
  return { total, count: bytes.length }
}`,
    reduce: `{
  init: () => ({ total: 0, count: 0 }),
  add: (a, b) => ({ total: a.total + b.total, count: a.count + b.count }),
  merge: (a, b) => ({ total: a.total + b.total, count: a.count + b.count }),
  finish: ({ total, count }) => (count === 0 ? 0 : total / count)
}`,
    chunks: 'fixed({ size: 262144 })',
  },
]
