// The contract, for data that lies elsewhere than in memory.

import { createEngine, type Engine, http, sequential } from '@onecopy/node'
import { afterAll, beforeAll, describe } from 'vitest'
import { type RemoteServer, startRemoteServer } from '../support/remote-server.js'
import { promiseChunks } from './chunks.js'
import { type Lay, promiseSameAnswers } from './same-answers.js'

let server: RemoteServer
beforeAll(async () => {
  server = await startRemoteServer()
})
afterAll(() => server.close())

let count = 0
const onServer = async (values: Uint8Array | Float64Array): Promise<unknown> => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const url = await server.set(`/contract-${count++}.bin`, { bytes, etag: '"one"' })
  return values instanceof Float64Array ? http(url, Float64Array) : http(url)
}

// `as`: each gives data with elements of the kind that it was given.
const sources = [{ source: 'http', lay: onServer as Lay }]
const engines = [
  { name: 'sequential', make: sequential },
  { name: 'threads, 2 workers', make: () => createEngine({ workers: 2 }) },
  { name: 'processes, 2 workers', make: () => createEngine({ workers: 2, isolation: 'process' }) },
]

describe.each(engines)('$name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())

  describe.each(sources)('$source', ({ lay }) => {
    describe('chunks', () => promiseChunks(() => engine, lay))
    describe('the same answer, byte for byte', () => promiseSameAnswers(() => engine, lay))
  })
})
