// Runs that share few slots: each lane that waits gets one, whatever comes and goes at the same moment.

import { fixed, share } from '@onecopy/core'
import { createHostEngine, type Host, openMemory, runLane } from '@onecopy/core/host'
import { expect, test } from 'vitest'
import { chooseSeed, seededRandom } from '../faults/seeded.js'

/** A host without threads. A lane runs at once, and waits for the event loop as often as `turns` says. */
function hostOf(workers: number, turns: () => number): Host {
  let last = 0
  return {
    workers,
    startLane: (task, _data, onMessage) => {
      let left = turns()
      const environment = {
        worker: ++last,
        open: openMemory,
        now: () => performance.now(),
        post: onMessage,
        pause: () => (left-- > 0 ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined),
      }
      return { ended: runLane(structuredClone(task), environment), kill: () => {} }
    },
    close: async () => {},
  }
}

test('lanes come and go at the same moment', async () => {
  const seed = chooseSeed()
  for (let round = 0; round < 500; round++) {
    const random = seededRandom(seed + round)
    const most = Math.floor(random() * 4)
    const engine = createHostEngine(hostOf(1 + Math.floor(random() * 4), () => Math.floor(random() * (most + 1))))
    const run = async () => {
      for (let turn = Math.floor(random() * 4); turn > 0; turn--) {
        await (random() < 0.5 ? undefined : new Promise((resolve) => setImmediate(resolve)))
      }
      const chunks = 1 + Math.floor(random() * 8)
      const options = { chunks: fixed({ size: 1 }), priority: Math.floor(random() * 2) }
      const list = await engine.map(share(new Uint8Array(chunks)), (bytes) => bytes.length, options)
      expect(list, `SEED=${seed + round}`).toEqual(Array(chunks).fill(1))
    }
    await Promise.all(Array.from({ length: 2 + Math.floor(random() * 8) }, run))
    await engine.close()
  }
})
