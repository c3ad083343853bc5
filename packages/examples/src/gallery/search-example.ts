// search in the gallery. Its check is the automaton of Knuth, Morris and Pratt, which reads each byte once and has no borders.

import { findBytes } from '@onecopy/kernels'
import { firstHits, type Hits } from '../search/first-hits.js'
import { locate, type Position } from '../search/locate.js'
import { search } from '../search/search.js'
import type { Example } from './example.js'
import { formatCount, quote } from './format.js'

interface Answer {
  readonly pattern: string
  /** The number of matches, including overlapping ones. */
  readonly count: number
  /** The first matches. */
  readonly first: readonly Position[]
}

const shownHits = 5

/** The example, for one pattern: text of at least one character. */
export function searchExample(pattern: string): Example<Hits, Answer> {
  const params = { pattern }
  return {
    plugin: search,
    teaches: 'parameters, `setup`, overlapping chunks, one plugin with several reducers, `for await` that ends early',
    run: (engine, data, { workers, watch }) =>
      watch(engine.map(data, search, { params, workers }).reduce(firstHits(shownHits))),
    runKernels: async (engine, data, { workers, watch }) => {
      // With a limit of 0, findBytes only counts. With another one, it ends as soon as it has so many matches.
      const search = (limit: number) => engine.run(data, findBytes, { params: { pattern, limit }, workers })
      const { count } = await watch(search(0))
      const { offsets } = await search(shownHits)
      return { count, first: [...offsets] }
    },
    answer: async ({ count, first }, engine, data) => ({ pattern, count, first: await locate(engine, data, first) }),
    check: (pieces) => findByAutomaton(pattern, pieces),
    against: 'a Knuth-Morris-Pratt automaton, on one thread',
    summary: ({ count }) => `${quote(pattern)}\n${formatCount(count, 'time')}`,
    details: describeHits,
  }
}

function describeHits({ pattern, count, first }: Answer): string {
  if (count === 0) return `${quote(pattern)} does not occur.`
  const rows = first.map(
    ({ offset, line, column }) =>
      `  at ${formatCount(offset)}: line ${formatCount(line)}, column ${formatCount(column)}`,
  )
  const title = `${quote(pattern)} occurs ${formatCount(count, 'time')}; the first:`
  return [title, ...rows].join('\n')
}

async function findByAutomaton(pattern: string, pieces: AsyncIterable<Uint8Array>): Promise<Answer> {
  const needle = Buffer.from(pattern)
  const borders = longestBorders(needle)
  const first: Position[] = []
  /** The starts of the last lines, as far back as a match may begin. */
  let recentLines = [{ line: 1, start: 0 }]
  let count = 0
  let matched = 0
  let offset = 0
  for await (const piece of pieces) {
    for (const byte of piece) {
      while (matched > 0 && needle[matched] !== byte) matched = borders[matched - 1]!
      if (needle[matched] === byte) matched++
      if (matched === needle.length) {
        const begin = offset + 1 - needle.length
        if (count < shownHits) first.push(positionIn(recentLines, begin))
        count++
        matched = borders[matched - 1]!
      }
      offset++
      if (byte === 0x0a && count < shownHits) {
        const { line } = recentLines.at(-1)!
        recentLines = recentLines.slice(-needle.length)
        recentLines.push({ line: line + 1, start: offset })
      }
    }
  }
  return { pattern, count, first }
}

function positionIn(lines: readonly { line: number; start: number }[], offset: number): Position {
  const { line, start } = lines.findLast((each) => each.start <= offset)!
  return { offset, line, column: offset - start + 1 }
}

/** For each prefix of the needle: the length of its longest proper prefix that is also its suffix. */
function longestBorders(needle: Uint8Array): number[] {
  const borders = [0]
  for (let i = 1, matched = 0; i < needle.length; i++) {
    while (matched > 0 && needle[matched] !== needle[i]) matched = borders[matched - 1]!
    if (needle[matched] === needle[i]) matched++
    borders.push(matched)
  }
  return borders
}
