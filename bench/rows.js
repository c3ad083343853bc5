// Rows `key;value`, NDJSON and words, made from seeds. Whoever makes them knows the answers.

import { randomNumbers } from './random.js'

const blockBytes = 2 ** 22

/**
 * What is known of the values of one key, in tenths.
 *
 * @typedef {[key: string, count: number, sum: number, min: number, max: number]} Group
 */

/**
 * `count` rows such as `hamburg;12.3`, with 413 different keys.
 *
 * @param {number} count integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, Group[]>} a block is valid until the next one is requested; at the end: the groups by key
 */
export function* rowsOfFewKeys(count, seed) {
  const next = randomNumbers(seed)
  const keys = new Set()
  while (keys.size < 413) keys.add(letters(next, 4 + (next() % 14)))
  /** @type {(Group & { mean: number })[]} */
  const groups = [...keys].map((key) =>
    Object.assign(/** @type {Group} */ ([key, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]), {
      mean: (next() % 600) - 200,
    }),
  )
  yield* lines(count, () => {
    const group = /** @type {Group & { mean: number }} */ (groups[next() % 413])
    const tenths = group.mean + (next() % 200) - 100
    group[1]++
    group[2] += tenths
    group[3] = Math.min(group[3], tenths)
    group[4] = Math.max(group[4], tenths)
    return `${group[0]};${(tenths / 10).toFixed(1)}\n`
  })
  return groups
    .filter(([, n]) => n > 0)
    .map(([...group]) => /** @type {Group} */ (group))
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * CSV with a header and `count` records of five fields. One of them is quoted, with quotes and a line feed in it.
 *
 * @param {number} count integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, { records: number, cents: number }>} a block is valid until the next one is requested; at the end:
 *   the number of records without the header, and the sum of their amounts
 */
export function* csvRows(count, seed) {
  const next = randomNumbers(seed)
  let cents = 0
  yield new TextEncoder().encode('id,name,note,amount,city\n')
  yield* lines(count, () => {
    const amount = next() % 100_000
    cents += amount
    const whole = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
    return `${next() % 1_000_000},Person ${next() % 1000},"said ""hi"", then\nleft ${next() % 77}",${whole},City ${next() % 50}\n`
  })
  return { records: count, cents }
}

/**
 * `count` rows such as `user-4711;12.3`, with keys out of half as many: 10 million rows have 4.3 million different keys.
 *
 * @param {number} count integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, { keys: number, digest: number }>} at the end: how many keys, and {@link digestOf} all groups
 */
export function* rowsOfManyKeys(count, seed) {
  const next = randomNumbers(seed)
  const most = Math.max(1, Math.floor(count / 2))
  const counts = new Uint32Array(most)
  const sums = new Float64Array(most)
  const least = new Int32Array(most).fill(2 ** 31 - 1)
  const largest = new Int32Array(most).fill(-(2 ** 31))
  yield* lines(count, () => {
    const id = next() % most
    const tenths = next() % 10_000
    counts[id] = (counts[id] ?? 0) + 1
    sums[id] = (sums[id] ?? 0) + tenths
    least[id] = Math.min(least[id] ?? 0, tenths)
    largest[id] = Math.max(largest[id] ?? 0, tenths)
    return `user-${id};${Math.floor(tenths / 10)}.${tenths % 10}\n`
  })
  let keys = 0
  let digest = 0
  for (let id = 0; id < most; id++) {
    if (counts[id] === 0) continue
    keys++
    digest += digestOf(id, counts[id] ?? 0, sums[id] ?? 0, least[id] ?? 0, largest[id] ?? 0)
  }
  return { keys, digest }
}

/**
 * A number for one group of many keys. Their sum stays exact, and is another one if a value goes to the wrong key.
 *
 * @param {number} id
 * @param {number} count
 * @param {number} sum in tenths, as the others
 * @param {number} min
 * @param {number} max
 */
export function digestOf(id, count, sum, min, max) {
  return ((id % 997) + 1) * (count + 2 * sum + 3 * min + 5 * max)
}

/**
 * `count` lines of JSON, payments of 10,000 users.
 *
 * @param {number} count integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, Map<string, number>>} at the end: the sum of the amounts of each user
 */
export function* paymentLines(count, seed) {
  const next = randomNumbers(seed)
  const users = Array.from({ length: 10_000 }, (_, i) => `user-${i}`)
  /** @type {Map<string, number>} */
  const sums = new Map()
  yield* lines(count, (i) => {
    const user = /** @type {string} */ (users[next() % users.length])
    const amount = next() % 1000
    sums.set(user, (sums.get(user) ?? 0) + amount)
    const state = next() % 7 === 0 ? 'failed' : 'ok'
    return `{"id":${i},"user":"${user}","amount":${amount},"state":"${state}","item":"/items/${next() % 100_000}"}\n`
  })
  return sums
}

/**
 * About `byteLength` bytes of lower-case words, with a space or a line feed behind each. Few of 50,000 words are frequent, as in
 * any language.
 *
 * @param {number} byteLength integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, [word: string, count: number][]>} at the end: the ten most frequent words
 */
export function* wordBlocks(byteLength, seed) {
  const next = randomNumbers(seed)
  const words = new Set()
  while (words.size < 50_000) words.add(letters(next, 2 + (next() % 5) + (next() % 6)))
  /** @type {string[]} */
  const list = [...words]
  const counts = new Uint32Array(list.length)
  // Words are drawn beforehand, by Zipf's law: the word of rank `n` with a share of about 1 / n.
  const draws = Uint16Array.from({ length: 2 ** 18 }, () => Math.floor(list.length ** (next() / 2 ** 32)) - 1)
  let left = byteLength
  const block = Buffer.alloc(blockBytes)
  while (left > 0) {
    let filled = 0
    while (filled < Math.min(left, blockBytes - 32)) {
      const draw = next()
      const index = draws[draw & 0x3ffff] ?? 0
      counts[index] = (counts[index] ?? 0) + 1
      filled += block.write(list[index] ?? '', filled, 'latin1')
      block[filled++] = draw >>> 28 === 0 ? 10 : 32
    }
    yield block.subarray(0, filled)
    left -= filled
  }
  return list
    .map((word, i) => /** @type {[string, number]} */ ([word, counts[i] ?? 0]))
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 10)
}

/**
 * @param {number} count
 * @param {(index: number) => string} makeLine ASCII, at most 200 characters
 * @returns {Generator<Uint8Array>}
 */
function* lines(count, makeLine) {
  const block = Buffer.alloc(blockBytes)
  let filled = 0
  for (let i = 0; i < count; i++) {
    if (filled > block.length - 200) {
      yield block.subarray(0, filled)
      filled = 0
    }
    filled += block.write(makeLine(i), filled, 'latin1')
  }
  yield block.subarray(0, filled)
}

/**
 * @param {() => number} next
 * @param {number} length
 */
function letters(next, length) {
  return String.fromCharCode(...Array.from({ length }, () => 97 + (next() % 26)))
}
