// What a check takes, typed by its plugin. Compiled, never run.

import { definePlugin, sequential, share, sum } from '@onecopy/core'
import { type CheckReport, checkPlugin, findBrokenLaws, type LawId } from '@onecopy/core/testing'
import { z } from 'zod'
import { type Equal, expectType } from './equal.js'

const words = definePlugin(import.meta.url, {
  name: 'words',
  params: { separator: ' ', least: 1 },
  map: (bytes, { params }) => bytes.length + params.least,
  reduce: { ...sum(), finish: (total) => ({ total }) },
})

const checked = checkPlugin(words, {
  data: ['text', Uint8Array.of(1), share('text'), Buffer.of(1)],
  params: { least: 2 },
  equal: (left, right) => {
    expectType<Equal<typeof left, { total: number }>>(true)
    return left.total === right.total
  },
  engine: sequential(),
  except: { 'chunk-size': 'a reason' },
})
expectType<Equal<typeof checked, Promise<CheckReport>>>(true)
findBrokenLaws(words, { data: 'text' })
// @ts-expect-error: there is no such parameter
checkPlugin(words, { params: { most: 2 } })
// @ts-expect-error: it takes bytes
checkPlugin(words, { data: Float64Array.of(1) })
// @ts-expect-error: there is no such law
checkPlugin(words, { except: { size: 'a reason' } })
// @ts-expect-error: a reason is text
checkPlugin(words, { except: { borders: true } })
// @ts-expect-error: a function is no plugin
checkPlugin((bytes: Uint8Array) => bytes.length)

const floats = definePlugin(import.meta.url, {
  name: 'floats',
  map: (part: Readonly<Float64Array>) => part.reduce((a, b) => a + b, 0),
})
checkPlugin(floats, { data: Float64Array.of(1), equal: (left, right) => left[0] === right[0] })
// @ts-expect-error: it takes floats
checkPlugin(floats, { data: 'text' })

export const law: LawId = 'associative'

// With a schema: what a run has to give, a check has to be given.
const schemed = definePlugin(import.meta.url, {
  name: 'schemed',
  params: z.object({ needle: z.string() }),
  map: (_bytes, { params }) => params.needle,
})
checkPlugin(schemed, { params: { needle: 'x' } })
// @ts-expect-error: the needle has to be given
checkPlugin(schemed)
// @ts-expect-error: the needle has to be given
findBrokenLaws(schemed, { data: 'text' })
