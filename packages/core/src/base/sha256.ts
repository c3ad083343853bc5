// SHA-256, for the identities of plugins and parameters. It is synchronous, which the one of browsers is not.

/** The first 32 bits of the fractional parts of `root(prime)`, for the first `count` primes. */
function rootsOfPrimes(count: number, root: (prime: number) => number): Uint32Array {
  const words: number[] = []
  for (let n = 2; words.length < count; n++) {
    let isPrime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false
    if (isPrime) words.push((root(n) % 1) * 2 ** 32)
  }
  return Uint32Array.from(words)
}

const initial = rootsOfPrimes(8, Math.sqrt)
const constants = rootsOfPrimes(64, Math.cbrt)
const blockBytes = 64

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

/**
 * The SHA-256 of `bytes`, as 64 hexadecimal digits.
 *
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */
export function sha256(bytes: Uint8Array): string {
  const state = initial.slice()
  const words = new Uint32Array(64)
  const whole = bytes.length - (bytes.length % blockBytes)
  addBlocks(state, words, new DataView(bytes.buffer, bytes.byteOffset, whole))
  // The rest, one bit that is set, zeros, and the number of bits.
  const rest = bytes.length - whole
  const last = new Uint8Array(rest + 9 > blockBytes ? 2 * blockBytes : blockBytes)
  last.set(bytes.subarray(whole))
  last[rest] = 0x80
  const view = new DataView(last.buffer)
  view.setUint32(last.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(last.length - 4, (bytes.length * 8) % 2 ** 32)
  addBlocks(state, words, view)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

function addBlocks(state: Uint32Array, words: Uint32Array, view: DataView): void {
  for (let at = 0; at < view.byteLength; at += blockBytes) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i)
    addBlock(state, words)
  }
}

/** @param words - the 16 words of the block; the other 48 are written here */
function addBlock(state: Uint32Array, words: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const [a, b] = [words[i - 15]!, words[i - 2]!]
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i]! += word
}
