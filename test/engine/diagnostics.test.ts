// Runs on the tracing channel `onecopy:run`: what a tool sees that observes the whole process.

import { tracingChannel } from 'node:diagnostics_channel'
import { fixed, isOnecopyError, type RunStats, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { expect, test } from 'vitest'

interface Context {
  readonly name: string
  readonly stats?: RunStats
  readonly error?: unknown
}

/** What the channel tells while `work` goes on: event and run name, with the number of chunks or the error's code. */
async function traced(work: () => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  const channel = tracingChannel<unknown, Context>('onecopy:run')
  const subscribers = {
    start: ({ name }: Context) => void seen.push(['start', name]),
    end: ({ name }: Context) => void seen.push(['end', name]),
    asyncStart: ({ name }: Context) => void seen.push(['asyncStart', name]),
    asyncEnd: ({ name, stats }: Context) => void seen.push(['asyncEnd', name, stats?.doneChunks]),
    error: ({ name, error }: Context) => void seen.push(['error', name, isOnecopyError(error) && error.code]),
  }
  channel.subscribe(subscribers)
  try {
    await work()
  } finally {
    channel.unsubscribe(subscribers)
  }
  return seen
}

test('a run is traced from its start to its end', async () => {
  await using engine = createEngine({ workers: 1 })
  const seen = await traced(() =>
    engine.map(share('0123456789'), (bytes) => bytes.length, { chunks: fixed({ size: 4 }), name: 'sizes' }),
  )
  expect(seen).toEqual([
    ['start', 'sizes'],
    ['end', 'sizes'],
    ['asyncStart', 'sizes'],
    ['asyncEnd', 'sizes', 3],
  ])
})

test('a run that fails is traced with its error', async () => {
  await using engine = createEngine({ workers: 1 })
  const fail = (): never => {
    throw null
  }
  const seen = await traced(() => engine.map(share('x'), fail).catch(() => {}))
  expect(seen).toEqual([
    ['start', 'fail'],
    ['end', 'fail'],
    ['error', 'fail', 'ERR_CHUNK_FAILED'],
    ['asyncStart', 'fail'],
    ['asyncEnd', 'fail', 0],
  ])
})
