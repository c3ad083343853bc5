// Which two bytes of a pattern to look for first: those that most data has least of.
//
// How common a byte value is, is guessed from a ranking. At the top are the fillers of binary formats (0x00, 0xff) and the
// space; then small letters, as often as English has them; then line feeds, digits and the punctuation of text and source
// code; then capitals, in the order of the small ones; then what UTF-8 is made of; then small binary numbers; control characters
// and bytes that UTF-8 never has come last. A wrong guess costs time only.

const letters = 'etaoinsrhldcumfpgwybvkxjqz'
const marks = '.,-/_"=:\'()0123456789;<>{}[]*+#\\&|@!?$%~^`'

const commonness = new Uint8Array(256)
let rank = 255
for (const each of ['\0', ' ', '\xff', letters, '\n', marks, letters.toUpperCase(), '\r\t']) {
  for (const character of each) commonness[character.charCodeAt(0)] = rank--
}
for (let byte = 0x80; byte < 0xf5; byte++) commonness[byte] = 90
for (let byte = 1; byte < 32; byte++) commonness[byte] ||= 40
for (const byte of [0xc0, 0xc1]) commonness[byte] = 0

/** Positions beyond this are not considered: both bytes shall come from neighbouring cache lines. */
const farthest = 256
/** Bytes closer than this belong to one syllable or word: where one of them is, the other one often is as well. */
const nearest = 4

/**
 * Two positions in `pattern`, ascending, whose bytes are rare and, if possible, differ; twice 0 if it is one byte long.
 *
 * Of equally rare ones, the first and the last: those that lie far apart say most.
 */
export function rarestPair(pattern: Uint8Array): readonly [first: number, second: number] {
  const length = Math.min(pattern.length, farthest)
  let rarest = 0
  for (let i = 1; i < length; i++) if (commonness[pattern[i]!]! < commonness[pattern[rarest]!]!) rarest = i
  let other = -1
  // A byte that is there twice tells less: it counts as the most common of all.
  const cost = (i: number): number => (pattern[i] === pattern[rarest] ? 256 : commonness[pattern[i]!]!)
  const least = Math.min(nearest, length >> 1)
  for (let i = 0; i < length; i++) {
    if (Math.abs(i - rarest) >= Math.max(1, least) && (other < 0 || cost(i) <= cost(other))) other = i
  }
  if (other < 0) return [0, 0]
  return rarest < other ? [rarest, other] : [other, rarest]
}
