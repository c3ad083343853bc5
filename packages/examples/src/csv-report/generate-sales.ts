// Generates sales as CSV whose notes have quotes, delimiters and line feeds in them.

import type { SharedMemory } from '@onecopy/core'
import { normal, pick, seededRandom } from '../generators/random.js'
import { shareLines } from '../generators/share-lines.js'

const cities = ['Bern', 'Oslo', 'São Paulo', 'Washington, D.C.', 'Zürich', '東京']
const notes = ['', 'paid', '"two\nlines"', '"said ""later"", then left"', '"a;b,c"', '"\r\n\n"', '""']

/**
 * Make `count` sales in shared memory, after a header: `id,city,note,amount`. The same seed makes the same sales.
 *
 * @param count - integer >= 0
 * @param seed - default 1
 * @throws {RangeError} `count` is not an integer >= 0
 * @example const cities = await engine.run(generateSales(100_000), csvReport)
 */
export function generateSales(count: number, seed: number = 1): SharedMemory {
  const random = seededRandom(seed)
  return shareLines(count + 1, 96, (index) => {
    if (index === 0) return 'id,city,note,amount'
    const cents = Math.round(100 * Math.exp(3 + normal(random)))
    const city = pick(random, cities)
    const field = city.includes(',') ? `"${city}"` : city
    return `${index},${field},${pick(random, notes)},${(cents / 100).toFixed(2)}`
  })
}
