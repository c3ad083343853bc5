import { test } from 'vitest'
import { share } from '@onecopy/node'
import { drawJob } from './random-job.js'
import { seededRandom } from './seeded.js'
import { createRandom } from '../support/bytes.js'
test('dbg', async () => {
  const sources = [0, 1, 50, 1000, 5000].flatMap((length, i) => {
    const random = createRandom(i)
    const alphabet = i % 2 === 0 ? 'ab\nxyz0123' : `abcdefghijklmnopqrstuvwxyz0123456789${'-'.repeat(60)}\n`
    const text = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
    return [share(text), share(text)]
  })
  for (const seed of [777557870, 777557921, 1642654157]) {
    const random = seededRandom(seed)
    const amount = random() < 0.6 ? 1 : 2 + Math.floor(random() * 3)
    console.log(seed, amount)
    for (let i = 0; i < amount; i++) {
      const { ranges, data, ...rest } = await drawJob(random, 4, sources)
      console.log(ranges.length, data.length, JSON.stringify(rest))
      Math.floor(random() * 4)
    }
  }
})
