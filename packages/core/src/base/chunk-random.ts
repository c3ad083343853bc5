// The random numbers of a chunk: they follow from the run's seed and the chunk's number alone.
//
// The generator is Threefry-4x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011;
// the library Random123). It is a function of a key and a counter and has no state, so any chunk can begin anywhere.
//
// - key: the seed, as two words (low, high), and two zeros
// - counter: the number of the block of four words within the chunk, as two words (low, high); the chunk's number; zero
// - the words 0 and 1 of a block make one random number, the words 2 and 3 the next one: ((a >>> 5) * 2^26 + (b >>> 6)) / 2^53

/** Random numbers that are made at once, at most. The first ones of a chunk are made in smaller numbers. */
const mostAtOnce = 256
const firstAtOnce = 4

/** What the words of the key are combined to. */
const parity = 0x1bd11bda

/** The random numbers of one chunk after the other. */
export class ChunkRandom {
  /** The words of the extended key, so that each injection reads four neighbours. */
  readonly #key = new Int32Array(9)
  readonly #values = new Float64Array(mostAtOnce)
  #chunk = 0
  /** The next block. */
  #block = 0
  #at = 0
  #made = 0

  /** @param seed - integer from 0 to 2^53 - 1 */
  constructor(seed: number) {
    const [low, high] = wordsOf(seed)
    this.#key.set([low, high, 0, 0, parity ^ low ^ high, low, high, 0, 0])
  }

  /** Begin with the first number of a chunk. */
  moveTo(chunk: number): void {
    this.#chunk = chunk
    this.#block = 0
    this.#at = 0
    this.#made = 0
  }

  /** The next number: at least 0, less than 1, a multiple of 2^-53. */
  next(): number {
    if (this.#at === this.#made) this.#make()
    // `!`: the numbers below `#made` are there.
    return this.#values[this.#at++]!
  }

  #make(): void {
    const count = this.#made === 0 ? firstAtOnce : Math.min(mostAtOnce, 2 * this.#made)
    const values = this.#values
    for (let i = 0; i < count; i += 2) makeBlock(values, i, this.#key, this.#block++, this.#chunk)
    this.#made = count
    this.#at = 0
  }
}

/** The low and the high 32 bits of an integer. */
function wordsOf(integer: number): readonly [low: number, high: number] {
  return [integer | 0, Math.floor(integer / 2 ** 32) | 0]
}

/** Write the two numbers of one block. The `!` are for reads of a key that has nine words. */
function makeBlock(values: Float64Array, at: number, key: Int32Array, block: number, chunk: number): void {
  let a = (block + key[0]!) | 0
  let b = (Math.floor(block / 2 ** 32) + key[1]!) | 0
  let c = (chunk + key[2]!) | 0
  let d = key[3]!
  for (let injection = 1; ; injection += 2) {
    a = (a + b) | 0
    b = ((b << 10) | (b >>> 22)) ^ a
    c = (c + d) | 0
    d = ((d << 26) | (d >>> 6)) ^ c
    a = (a + d) | 0
    d = ((d << 11) | (d >>> 21)) ^ a
    c = (c + b) | 0
    b = ((b << 21) | (b >>> 11)) ^ c
    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    c = (c + d) | 0
    d = ((d << 27) | (d >>> 5)) ^ c
    a = (a + d) | 0
    d = ((d << 23) | (d >>> 9)) ^ a
    c = (c + b) | 0
    b = ((b << 5) | (b >>> 27)) ^ c
    a = (a + key[injection]!) | 0
    b = (b + key[injection + 1]!) | 0
    c = (c + key[injection + 2]!) | 0
    d = (d + key[injection + 3]! + injection) | 0
    if (injection === 5) break
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    c = (c + d) | 0
    d = ((d << 20) | (d >>> 12)) ^ c
    a = (a + d) | 0
    d = ((d << 17) | (d >>> 15)) ^ a
    c = (c + b) | 0
    b = ((b << 11) | (b >>> 21)) ^ c
    a = (a + b) | 0
    b = ((b << 25) | (b >>> 7)) ^ a
    c = (c + d) | 0
    d = ((d << 10) | (d >>> 22)) ^ c
    a = (a + d) | 0
    d = ((d << 18) | (d >>> 14)) ^ a
    c = (c + b) | 0
    b = ((b << 20) | (b >>> 12)) ^ c
    a = (a + key[injection + 1]!) | 0
    b = (b + key[injection + 2]!) | 0
    c = (c + key[injection + 3]!) | 0
    d = (d + key[injection + 4]! + injection + 1) | 0
  }
  values[at] = ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53
  values[at + 1] = ((c >>> 5) * 2 ** 26 + (d >>> 6)) / 2 ** 53
}
