// Threefry-4x32 with 20 rounds, step by step as the paper describes it, in integers without a limit.

const rotations = [
  [10, 26],
  [11, 21],
  [13, 27],
  [23, 5],
  [6, 20],
  [17, 11],
  [25, 10],
  [18, 20],
] as const

const mask = 0xffff_ffffn

function rotate(word: bigint, by: number): bigint {
  return ((word << BigInt(by)) | (word >> BigInt(32 - by))) & mask
}

/** A block of four words, from a counter and a key of four words each. */
export function threefry4x32(counter: readonly number[], key: readonly number[]): number[] {
  const keys = [...key, key.reduce((parity, word) => (parity ^ word) >>> 0, 0x1bd11bda)].map(BigInt)
  const words = counter.map((word, i) => (BigInt(word) + keys[i]!) & mask)
  for (let round = 0; round < 20; round++) {
    const pairs =
      round % 2 === 0
        ? [
            [0, 1],
            [2, 3],
          ]
        : [
            [0, 3],
            [2, 1],
          ]
    for (const [side, [left, right]] of pairs.entries()) {
      words[left!] = (words[left!]! + words[right!]!) & mask
      words[right!] = rotate(words[right!]!, rotations[round % 8]![side]!) ^ words[left!]!
    }
    if (round % 4 !== 3) continue
    const injection = (round + 1) / 4
    for (let i = 0; i < 4; i++) words[i] = (words[i]! + keys[(injection + i) % 5]!) & mask
    words[3] = (words[3]! + BigInt(injection)) & mask
  }
  return words.map(Number)
}

/** The first `count` random numbers of a chunk. */
export function randomNumbersOf(seed: number, chunk: number, count: number): number[] {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 0]
  return Array.from({ length: count }, (_, i) => {
    const block = Math.floor(i / 2)
    const words = threefry4x32([block % 2 ** 32, Math.floor(block / 2 ** 32), chunk, 0], key)
    const [high, low] = i % 2 === 0 ? [words[0]!, words[1]!] : [words[2]!, words[3]!]
    return (Math.floor(high / 2 ** 5) * 2 ** 26 + Math.floor(low / 2 ** 6)) / 2 ** 53
  })
}
