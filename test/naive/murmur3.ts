// MurmurHash3 (x86, 128 bits), written after the reference with bigints.

const m32 = 2n ** 32n
const times = (a: bigint, b: bigint): bigint => (a * b) % m32
const plus = (...all: bigint[]): bigint => all.reduce((a, b) => a + b) % m32
const rotate = (x: bigint, bits: bigint): bigint => ((x * 2n ** bits) % m32) | (x >> (32n - bits))
const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n]
const inner = [15n, 16n, 17n, 18n]
const outer = [19n, 17n, 15n, 13n]
const adds = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n]

function scramble(x: bigint): bigint {
  let h = times(x ^ (x >> 16n), 0x85ebca6bn)
  h = times(h ^ (h >> 13n), 0xc2b2ae35n)
  return h ^ (h >> 16n)
}

/** The four words of the hash. */
export function naiveMurmur3(bytes: Uint8Array, seed: number): bigint[] {
  const h = [0, 1, 2, 3].map(() => BigInt(seed))
  const word = (at: number): bigint =>
    [0, 1, 2, 3].reduce((sum, i) => sum + BigInt(bytes[at + i] ?? 0) * 256n ** BigInt(i), 0n)
  const mixed = (at: number, i: number): bigint =>
    times(rotate(times(word(at + 4 * i), c[i]!), inner[i]!), c[(i + 1) % 4]!)
  let at = 0
  for (; at + 16 <= bytes.length; at += 16) {
    for (const i of [0, 1, 2, 3]) {
      h[i] = plus(times(plus(rotate(h[i]! ^ mixed(at, i), outer[i]!), h[(i + 1) % 4]!), 5n), adds[i]!)
    }
  }
  for (const i of [0, 1, 2, 3]) h[i] = h[i]! ^ mixed(at, i) ^ BigInt(bytes.length)
  h[0] = plus(...h)
  for (const i of [1, 2, 3]) h[i] = plus(h[i]!, h[0])
  for (const i of [0, 1, 2, 3]) h[i] = scramble(h[i]!)
  h[0] = plus(...h)
  for (const i of [1, 2, 3]) h[i] = plus(h[i]!, h[0])
  return h
}
