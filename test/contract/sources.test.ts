// The contract, for data that lies elsewhere than in memory.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, type Engine, file, files, http, sequential } from '@onecopy/node'
import { afterAll, beforeAll, describe } from 'vitest'
import { bgzf, cut, gzipMember } from '../support/packed.js'
import { type RemoteServer, startRemoteServer } from '../support/remote-server.js'
import { tempDir } from '../support/temp-dir.js'
import { promiseChunks } from './chunks.js'
import { type Lay, promiseSameAnswers } from './same-answers.js'

let server: RemoteServer
beforeAll(async () => {
  server = await startRemoteServer()
})
afterAll(() => server.close())

let count = 0
const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

const dir = tempDir()
const fileOf = (bytes: Uint8Array): string => {
  const path = join(dir, `${count++}.bin`)
  writeFileSync(path, bytes)
  return path
}

/** One file has everything, and the ones beside it are empty. So its chunks are those of the whole. */
const amongFiles = async (values: Uint8Array | Float64Array): Promise<unknown> => {
  const paths = [new Uint8Array(0), bytesOf(values), new Uint8Array(0)].map(fileOf)
  return values instanceof Float64Array ? await files(paths, Float64Array) : await files(paths)
}

const packedBy =
  (pack: (bytes: Uint8Array) => Uint8Array) =>
  async (values: Uint8Array | Float64Array): Promise<unknown> => {
    const path = fileOf(pack(bytesOf(values)))
    const options = { decompress: 'gzip' } as const
    return values instanceof Float64Array ? await file(path, Float64Array, options) : await file(path, options)
  }
const inMembers = (bytes: Uint8Array): Uint8Array => Buffer.concat(cut(bytes, 700).map((part) => gzipMember(part)))

const onServer = async (values: Uint8Array | Float64Array): Promise<unknown> => {
  const url = await server.set(`/contract-${count++}.bin`, { bytes: bytesOf(values), etag: '"one"' })
  return values instanceof Float64Array ? http(url, Float64Array) : http(url)
}

// `as`: each gives data with elements of the kind that it was given.
const sources = [
  { source: 'http', lay: onServer as Lay },
  { source: 'files', lay: amongFiles as Lay },
  { source: 'BGZF', lay: packedBy(bgzf) as Lay },
  { source: 'gzip in members', lay: packedBy(inMembers) as Lay },
]
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
