// Generates a log like that of a web service, from a seed. The generator knows what the log contains.

import { randomNumbers } from './random.js'

/** In one of sixteen lines. The other lines have the same text with another number. */
export const frequentNeedle = 'status=503'
/** In the first line, and in one of 65,536 lines. All its words but one are common in the text. */
export const rareNeedle = 'connection reset by peer'

/**
 * What is in a text. No line has a needle twice, or both.
 *
 * @typedef {object} TextFacts
 * @property {number} byteLength
 * @property {number} lines  line feeds; the last byte is one
 * @property {number} rare  lines with the rare needle
 * @property {number[]} frequent  where the frequent needle starts, ascending, in bytes
 */

/** @typedef {{ bytes: Buffer, needleAt: number }} Line */

// Without 'reset', so that no line contains the rare needle by chance.
const words =
  'a after at by cache client closed connection data done for from handler in is job of on open peer query queue read ready retry sent server service session shard store stream the then timeout to token unit user was with write'.split(
    ' ',
  )
const levels = ['DEBUG', 'INFO', 'INFO', 'INFO', 'WARN']
const statuses = [200, 200, 200, 201, 204, 301, 304, 400, 404, 500]

/** What a log is searched for: 50 messages of the system's errors. None is in another one. */
export const patterns = [
  'operation not permitted',
  'no such file or directory',
  'no such process',
  'interrupted system call',
  'input/output error',
  'argument list too long',
  'exec format error',
  'bad file descriptor',
  'resource temporarily unavailable',
  'cannot allocate memory',
  'permission denied',
  'bad address',
  'device or resource busy',
  'file exists',
  'invalid cross-device link',
  'not a directory',
  'is a directory',
  'invalid argument',
  'too many open files',
  'text file busy',
  'file too large',
  'no space left on device',
  'illegal seek',
  'read-only file system',
  'too many links',
  'broken pipe',
  'numerical result out of range',
  'file name too long',
  'no locks available',
  'function not implemented',
  'directory not empty',
  'protocol error',
  'bad message',
  'value too large for defined data type',
  'socket operation on non-socket',
  'destination address required',
  'message too long',
  'protocol not available',
  'operation not supported',
  'address already in use',
  'cannot assign requested address',
  'network is down',
  'network is unreachable',
  'software caused connection abort',
  'connection reset by peer',
  'no buffer space available',
  'connection timed out',
  'connection refused',
  'no route to host',
  'operation already in progress',
]

/**
 * A log of about `byteLength` bytes in which one line of 64 has one of the patterns.
 *
 * @param {number} byteLength integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, number[]>} a block is valid until the next one is requested; at the end: how often each occurs
 */
export function* patternBlocks(byteLength, seed) {
  const next = randomNumbers(seed)
  const plain = Array.from({ length: 2 ** 15 }, () => plainLine(next))
  const withPattern = Array.from({ length: 2 ** 12 }, (_, i) => {
    const number = i % patterns.length
    return { number, ...line(`${head(next)} status=500 ${pickWords(next)} ${patterns[number]}`) }
  })
  const counts = new Array(patterns.length).fill(0)
  const block = Buffer.alloc(2 ** 22)
  let filled = 0
  for (let done = 0; done < byteLength; ) {
    const draw = next()
    /** @type {Line & { number?: number }} */
    const { bytes, number } = drawFrom((draw & 63) === 0 ? withPattern : plain, draw >>> 6)
    if (bytes.length > block.length - filled) {
      yield block.subarray(0, filled)
      filled = 0
    }
    filled += bytes.copy(block, filled)
    done += bytes.length
    if (number !== undefined) counts[number]++
  }
  yield block.subarray(0, filled)
  return counts
}

/**
 * A text of `byteLength` bytes, in blocks of whole lines. The last line is cut to fit. Lines have 50 to 200 bytes.
 *
 * @param {number} byteLength integer >= 0
 * @param {number} seed
 * @returns {Generator<Uint8Array, TextFacts>} a block is valid until the next one is requested; at the end: what was written
 */
export function* textBlocks(byteLength, seed) {
  const next = randomNumbers(seed)
  // Lines are made first and then drawn at random. That writes 1 GiB in seconds, and 4 MiB of different text is more than a
  // branch predictor can learn.
  const plain = Array.from({ length: 2 ** 15 }, () => plainLine(next))
  const rare = Array.from({ length: 64 }, () => rareLine(next))
  const frequent = Array.from({ length: 2 ** 11 }, () => frequentLine(next))
  const block = Buffer.alloc(2 ** 22)
  /** @type {TextFacts} */
  const facts = { byteLength, lines: 0, rare: 0, frequent: [] }
  let done = 0
  let filled = 0
  while (done + filled < byteLength) {
    const draw = next()
    // The first line contains the rare needle, because a search without a match would be another job, and a failure for grep.
    const kind = facts.lines === 0 ? 0 : draw & 0xffff
    const line = drawFrom(kind === 0 ? rare : (kind & 15) === 1 ? frequent : plain, draw >>> 16)
    const left = byteLength - done - filled
    if (line.bytes.length > left) {
      block.fill('x', filled, filled + left - 1)
      block[filled + left - 1] = 10
      facts.lines++
      filled += left
      break
    }
    if (line.bytes.length > block.length - filled) {
      yield block.subarray(0, filled)
      done += filled
      filled = 0
    }
    if (kind === 0) facts.rare++
    else if (line.needleAt >= 0) facts.frequent.push(done + filled + line.needleAt)
    line.bytes.copy(block, filled)
    filled += line.bytes.length
    facts.lines++
  }
  yield block.subarray(0, filled)
  return facts
}

/** @param {() => number} next */
function plainLine(next) {
  return line(`${head(next)} status=${pick(statuses, next)} ${pickWords(next)}`)
}

/** @param {() => number} next */
function frequentLine(next) {
  return line(`${head(next)} ${frequentNeedle} ${pickWords(next)}`, frequentNeedle)
}

/** @param {() => number} next */
function rareLine(next) {
  return line(`${head(next)} status=500 ${pickWords(next)} ${rareNeedle}`, rareNeedle)
}

/** @param {() => number} next */
function head(next) {
  const time = new Date(1_700_000_000_000 + (next() % 10_000_000) * 1000).toISOString()
  return `${time} ${pick(levels, next)} request=${next().toString(16)}`
}

/** @param {() => number} next */
function pickWords(next) {
  return Array.from({ length: next() % 24 }, () => pick(words, next)).join(' ')
}

/**
 * @param {string} text
 * @param {string} [needle]
 * @returns {Line}
 */
function line(text, needle) {
  const bytes = Buffer.from(`${text}\n`)
  return { bytes, needleAt: needle === undefined ? -1 : bytes.indexOf(needle) }
}

/**
 * @template T
 * @param {readonly T[]} list  not empty
 * @param {() => number} next
 */
function pick(list, next) {
  return drawFrom(list, next())
}

/**
 * @template T
 * @param {readonly T[]} list  not empty
 * @param {number} number
 */
function drawFrom(list, number) {
  // `as`: the index is inside the list.
  return /** @type {T} */ (list[number % list.length])
}
