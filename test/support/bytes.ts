// Test data that looks random and is the same each time.

/** Numbers in [0, 1), the same for the same seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function randomBytes(length: number, seed: number): Uint8Array {
  const random = createRandom(seed)
  return Uint8Array.from({ length }, () => random() * 256)
}

/** Floats of very different magnitudes and both signs: sums of them depend on the order in which they are added. */
export function randomFloats(length: number, seed: number): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length }, () => (random() - 0.5) * 10 ** Math.floor(random() * 30 - 15))
}
