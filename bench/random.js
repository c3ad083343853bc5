// Pseudo-random numbers that are the same on every machine. The inputs are made from them.

/**
 * The generator sfc32 of PractRand by Chris Doty-Humphrey. It is small and fast, and has no known pattern in a period of at
 * least 2^32.
 *
 * @param {number} seed integer; another seed gives another sequence
 * @returns {() => number} the next integer in 0..2^32-1
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export function randomNumbers(seed) {
  let a = 0
  let b = seed | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // Skip the first numbers, which still depend visibly on the seed.
  for (let i = 0; i < 12; i++) next()
  return next
}

/**
 * Random bytes, in blocks.
 *
 * @param {number} byteLength  integer >= 0
 * @param {number} seed
 * @param {number} [blockBytes]  a multiple of 4
 * @returns {Generator<Uint8Array>}  a block is valid until the next one is asked for
 */
export function* randomBlocks(byteLength, seed, blockBytes = 2 ** 22) {
  const next = randomNumbers(seed)
  const words = new Uint32Array(blockBytes / 4)
  const bytes = new Uint8Array(words.buffer)
  for (let done = 0; done < byteLength; done += blockBytes) {
    for (let i = 0; i < words.length; i++) words[i] = next()
    yield bytes.subarray(0, byteLength - done)
  }
}
