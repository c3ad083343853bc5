// The contract of engines, in a page.

import './globals.js'
import { createEngine, type Engine, sequential } from '@onecopy/web'
import { promiseAll } from '../../contract/all.js'
import { collected, runTest } from '../../support/collected-tests.js'

const worker = (): Worker => new Worker(new URL('./lanes.js', import.meta.url), { type: 'module' })

const kinds: Readonly<Record<string, () => Engine>> = {
  sequential,
  '1 worker': () => createEngine({ workers: 1, worker }),
  '2 workers': () => createEngine({ workers: 2, worker }),
  '4 workers': () => createEngine({ workers: 4, worker }),
  '2 workers that share nothing': () => createEngine({ workers: 2, worker, shared: false }),
}

const wanted = new URLSearchParams(location.search).get('kind') ?? ''
const make =
  kinds[wanted] ??
  (() => {
    throw new Error(`no such engine: ${wanted}`)
  })
const made = make()
const current = (): Engine => made

promiseAll(current, make)

Object.assign(globalThis, {
  cases: {
    list: () => collected.map(({ name }) => name),
    run: async (index: number) => {
      try {
        await runTest(index)
        return undefined
      } catch (error) {
        return String((error as Error)?.stack ?? error)
      }
    },
  },
})
document.title = 'ready'
