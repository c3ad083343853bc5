// Runs with `checkpoint`: what is in the folder is not run again, the answer is the same, and other jobs are refused.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assemble } from '@onecopy/core'
import {
  type AnyPlugin,
  createEngine,
  digestPlugin,
  type Engine,
  file,
  fixed,
  lines,
  loadPlugin,
  map,
  overlapping,
  type Progress,
  type RunStats,
  records,
  run,
  sequential,
  share,
  writePart,
} from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as plugins from '../plugins/kept.js'
import { randomBytes } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'
import { createLog, freshFolder, numbers } from './folders.js'

let engine: Engine
let other: Engine
beforeAll(() => {
  engine = createEngine({ workers: 2 })
  other = createEngine({ workers: 3 })
})
afterAll(() => Promise.all([engine.close(), other.close()]))

/** A file of 1,000 bytes with lines, a folder for parts, and a log. */
function fixture() {
  const folder = freshFolder()
  const path = join(folder, 'data.bin')
  writeFileSync(
    path,
    Uint8Array.from(randomBytes(1000, 1), (byte) => (byte < 20 ? 10 : byte)),
  )
  return { folder, path, parts: join(folder, 'some parts', 'deeper'), log: createLog(folder) }
}

const chunker = fixed({ size: 10 })
const all: readonly (readonly [string, AnyPlugin])[] = Object.entries(plugins)

describe.each(all)('%s', (_, plugin) => {
  const chunkers = { fixed: chunker, lines: lines({ size: 10 }), records: records({ length: 3, header: 2, size: 10 }) }
  test.each(Object.entries(chunkers))(
    'gives the answer of a plain run, and once more from the folder (%s)',
    async (_, chunks) => {
      const { path, parts, log } = fixture()
      const params = { chunker: chunks, log: log.path }
      const expected = fingerprint(await sequential().run(file(path), plugin, { params: { chunker: chunks } }))
      const first = await engine.run(file(path), plugin, { params, checkpoint: parts })
      expect(fingerprint(first)).toBe(expected)
      const ran = log.read()
      expect(ran).toEqual([...new Set(ran)])
      const again = await other.run(file(path), plugin, { params, checkpoint: pathToFileURL(parts) })
      expect(fingerprint(again)).toBe(expected)
      expect(log.read()).toEqual([])
    },
  )

  test('does not run again what an earlier run has kept before it failed', async () => {
    const { path, parts, log } = fixture()
    const params = { chunker, log: log.path, bad: [70] }
    const failing = engine.run(file(path), plugin, { params, checkpoint: parts })
    await expect(failing).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 70 } })
    log.read()
    const kept = keptChunks(parts)
    // Chunks below the failing one are run to their end.
    expect(kept).toEqual(expect.arrayContaining(numbers(0, 64)))
    // The parameters have to stay the same, so the chunk fails again, and only that span is run.
    await expect(other.run(file(path), plugin, { params, checkpoint: parts })).rejects.toThrow('chunk 70 is bad')
    expect(log.read().filter((chunk) => kept.includes(chunk))).toEqual([])
  })
})

/** The chunks in the files of a folder, by the names of the files. */
function keptChunks(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const [, from, to] = /^(\d+)-(\d+)\.part$/.exec(name) ?? []
      return from === undefined ? [] : numbers(Number(from), Number(to))
    })
    .sort((a, b) => a - b)
}

const sum = plugins.keptSum

test('of several chunks that fail, the lowest one is reported', async () => {
  for (let round = 0; round < 5; round++) {
    const { path, parts } = fixture()
    const params = { chunker, bad: [9, 13, 40, 41, 77] }
    await expect(other.run(file(path), sum, { params, checkpoint: parts })).rejects.toMatchObject({
      chunk: { index: 9 },
    })
  }
})

test('a cancelled run rejects with the reason, and the next one goes on', async () => {
  const { path, parts, log, folder } = fixture()
  const params = { chunker, log: log.path, ms: 2 }
  const reason = new Error('enough')
  const controller = new AbortController()
  const cancelled = engine.run(file(path), sum, { params, checkpoint: parts, signal: controller.signal })
  cancelled.on('progress', ({ doneChunks }) => {
    if (doneChunks > 10) controller.abort(reason)
  })
  await expect(cancelled).rejects.toBe(reason)
  const kept = keptChunks(parts)
  log.read()
  const resumed = await other.run(file(path), sum, { params, checkpoint: parts })
  expect(log.read()).toEqual(numbers(0, 100).filter((chunk) => !kept.includes(chunk)))
  expect(resumed).toBe(await sequential().run(file(path), sum, { params: { chunker } }))
  const early = engine.run(file(path), sum, { params: { chunker }, checkpoint: join(folder, 'early') })
  early.cancel('before the start')
  await expect(early).rejects.toBe('before the start')
})

test('events and stats are those of one run', async () => {
  const { path, parts } = fixture()
  const params = { chunker, ms: 1 }
  const seen: Progress[] = []
  const done: RunStats[] = []
  const first = engine
    .run(file(path), sum, { params, checkpoint: parts })
    .on('progress', (progress) => seen.push(progress))
    .on('done', (stats) => done.push(stats))
  await first
  expect(done).toEqual([first.stats])
  expect(first.stats).toMatchObject({
    chunks: 100,
    doneChunks: 100,
    bytes: 1000,
    workers: 2,
    retries: 0,
    workersLost: 0,
  })
  expect(seen.at(-1)).toMatchObject({ chunks: 100, doneChunks: 100, bytes: 1000, doneBytes: 1000 })
  const counts = seen.map(({ doneChunks }) => doneChunks)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  for (const { doneBytes, bytesPerSecond } of seen) {
    expect(doneBytes).toBeLessThanOrEqual(1000)
    expect(bytesPerSecond).toBeGreaterThanOrEqual(0)
  }
})

test('a worker that dies is replaced, and its chunks run again', async () => {
  const { path, parts, folder } = fixture()
  const mark = join(folder, 'died')
  const plugin = join(folder, 'dies.js')
  writeFileSync(
    plugin,
    `import { existsSync, writeFileSync } from 'node:fs'
     import { definePlugin, fixed, sum } from ${JSON.stringify(import.meta.resolve('@onecopy/core'))}
     export default definePlugin(import.meta.url, { name: 'dies', chunks: fixed({ size: 10 }), reduce: sum(),
       map(bytes, chunk) {
         if (chunk.index === 50 && !existsSync(${JSON.stringify(mark)})) { writeFileSync(${JSON.stringify(mark)}, ''); process.exit(1) }
         return bytes.length } })`,
  )
  const events: string[] = []
  const dying = engine
    .run(file(path), await loadPlugin(plugin), { checkpoint: parts })
    .on('workerLost', () => events.push('lost'))
    .on('retry', ({ chunk }) => events.push(`retry ${chunk.index}`))
  await expect(dying).resolves.toBe(1000)
  expect(events.sort()).toEqual(['lost', 'retry 50'])
  expect(dying.stats).toMatchObject({ retries: 1, workersLost: 1 })
})

test('no more workers than asked for are at work', async () => {
  const { path, parts } = fixture()
  const narrow = other.run(file(path), sum, { params: { chunker }, checkpoint: parts, workers: 1 })
  await narrow
  expect(narrow.stats).toMatchObject({ workers: 1 })
})

describe('another job is refused, and the message says what differs', () => {
  const params = { chunker }
  const cases: readonly (readonly [
    string,
    RegExp,
    (run: { readonly path: string; readonly parts: string; readonly folder: string }) => unknown,
  ])[] = [
    [
      'another plugin',
      /the plugin was kept-sum, and now is kept-any/,
      ({ path, parts }) => run(file(path), plugins.keptAny, { params, checkpoint: parts }),
    ],
    [
      'other parameters',
      /the parameters were others/,
      ({ path, parts }) => run(file(path), sum, { params: { chunker, bad: [3000] }, checkpoint: parts }),
    ],
    [
      'another chunk size',
      /the number of elements per chunk was 10, and now is 20/,
      ({ path, parts }) => run(file(path), sum, { params, chunks: fixed({ size: 20 }), checkpoint: parts }),
    ],
    [
      'another kind of chunks',
      /the kind of the chunks was fixed, and now is overlapping/,
      ({ path, parts }) =>
        run(file(path), sum, { params, chunks: overlapping({ size: 10, overlap: 2 }), checkpoint: parts }),
    ],
    [
      'a part of the file',
      /the data was bytes 0 to 1000 of 1000, .*, and now is bytes 0 to 900 of 1000/,
      ({ path, parts }) => run(file(path, { end: 900 }), sum, { params, checkpoint: parts }),
    ],
    [
      'a file that was written to',
      /the data was bytes 0 to 1000 .*modified/,
      ({ path, parts }) => {
        utimesSync(path, 1, 1)
        return run(file(path), sum, { params, checkpoint: parts })
      },
    ],
    [
      'a file that has grown',
      /and now is bytes 0 to 1001 of 1001/,
      ({ path, parts }) => {
        writeFileSync(path, 'x', { flag: 'a' })
        return run(file(path), sum, { params, checkpoint: parts })
      },
    ],
    [
      'data in memory',
      /and now is 1000 bytes with the SHA-256/,
      ({ path, parts }) => run(share(readFileSync(path)), sum, { params, checkpoint: parts }),
    ],
    [
      'incremental',
      /the kind of the folder was checkpoint, and now is incremental/,
      ({ path, parts }) => run(file(path), sum, { params, incremental: parts }),
    ],
    [
      'another version of Node',
      /the version of Node was v1\.2\.3/,
      ({ path, parts }) => {
        const job = join(parts, 'job.json')
        writeFileSync(job, readFileSync(job, 'utf8').replace(/"node": "[^"]*"/, '"node": "v1.2.3"'))
        return run(file(path), sum, { params, checkpoint: parts })
      },
    ],
    [
      'a job file that is none',
      /its job\.json cannot be read/,
      ({ path, parts }) => {
        writeFileSync(join(parts, 'job.json'), '{')
        return run(file(path), sum, { params, checkpoint: parts })
      },
    ],
    [
      'a part of another job',
      /0-1\.part.*it was made by the plugin/,
      async ({ path, parts, folder }) => {
        const second = join(folder, 'second')
        await run(file(path), plugins.keptAny, { params, checkpoint: second })
        copyFileSync(join(second, '0-1.part'), join(parts, '0-1.part'))
        return run(file(path), sum, { params, checkpoint: parts })
      },
    ],
  ]
  test.each(cases)('%s', async (_, message, call) => {
    const { path, parts, folder } = fixture()
    await run(file(path), sum, { params, checkpoint: parts })
    const before = readdirSync(parts).length
    const refused = await Promise.resolve(call({ path, parts, folder })).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ message: expect.stringMatching(message) })
    expect(['ERR_CHECKPOINT_MISMATCH', 'ERR_PART_MISMATCH']).toContain((refused as { code?: string }).code)
    // Nothing was removed, and no lock stays.
    expect(readdirSync(parts)).toHaveLength(before)
    expect(readdirSync(parts)).not.toContain('lock')
  })

  test('changed code of the plugin', async () => {
    const { path, parts, folder } = fixture()
    const text = (
      answer: number,
    ) => `import { definePlugin, fixed, sum } from ${JSON.stringify(import.meta.resolve('@onecopy/core'))}
      export default definePlugin(import.meta.url, { name: 'coded', chunks: fixed({ size: 10 }), map: () => ${answer}, reduce: sum() })`
    const plugin = join(folder, 'coded.js')
    writeFileSync(plugin, text(1))
    await expect(run(file(path), await loadPlugin(plugin), { checkpoint: parts })).resolves.toBe(100)
    writeFileSync(plugin, text(2))
    await expect(run(file(path), await loadPlugin(plugin), { checkpoint: parts })).rejects.toThrow(
      'the code of the plugin has changed',
    )
  })

  test('a folder of something else is not touched', async () => {
    const { path, folder } = fixture()
    const before = readdirSync(folder)
    await expect(run(file(path), sum, { params, checkpoint: folder })).rejects.toThrow(
      /has no job\.json, but other files, such as data\.bin; give a new or empty folder/,
    )
    expect(readdirSync(folder)).toEqual(before)
  })
})

test('a damaged part is run again', async () => {
  const { path, parts, log } = fixture()
  const params = { chunker, log: log.path }
  const expected = await run(file(path), sum, { params, checkpoint: parts })
  const [victim] = readdirSync(parts).filter((name) => name.startsWith('2-'))
  const bytes = readFileSync(join(parts, victim!))
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(join(parts, victim!), bytes)
  writeFileSync(join(parts, '0-1.part'), '')
  log.read()
  await expect(run(file(path), sum, { params, checkpoint: parts })).resolves.toBe(expected)
  const [, from, to] = /^(\d+)-(\d+)/.exec(victim!)!
  expect(log.read()).toEqual([0, ...numbers(Number(from), Number(to))])
})

test('many small parts become one file', async () => {
  const { path, parts, log } = fixture()
  const params = { chunker, log: log.path }
  const expected = await run(file(path), sum, { params, checkpoint: parts })
  // A run that is always killed after its first chunk keeps parts of one chunk.
  for (const name of readdirSync(parts)) if (name.endsWith('.part')) rmSync(join(parts, name))
  const digest = await digestPlugin(sum.url)
  const assembly = assemble(file(path), sum, { params, digest })
  for (let from = 0; from < 90; from++) {
    const part = await engine.part(file(path), sum, { from, to: from + 1 }, { params, digest })
    await writePart(join(parts, `${from}-${from + 1}.part`), part)
    assembly.add(part)
  }
  // A run was killed after it had made one file of them, and before it had removed them.
  await writePart(join(parts, 'all-0123456789ab.part'), assembly.part())
  log.read()
  await expect(run(file(path), sum, { params, checkpoint: parts })).resolves.toBe(expected)
  expect(log.read()).toEqual(numbers(90, 100))
  expect(readdirSync(parts)).not.toContain('0-1.part')
  expect(readdirSync(parts).length).toBeLessThan(20)
})

describe('the lock', () => {
  test('a second run in the folder is refused while the first is at work, in this process and in another', async () => {
    const { path, parts, folder } = fixture()
    const gate = join(folder, 'open')
    const params = { chunker, gate }
    const first = engine.run(file(path), sum, { params, checkpoint: parts })
    const begun = new Promise((resolve) => first.on('progress', resolve))
    first.start()
    await begun
    const busy = {
      code: 'ERR_CHECKPOINT_BUSY',
      message: expect.stringContaining(`in use by another run of this process`),
    }
    await expect(other.run(file(path), sum, { params, checkpoint: parts })).rejects.toMatchObject(busy)
    const script = `import { file, run } from '@onecopy/node'
      import { keptSum } from ${JSON.stringify(new URL('../plugins/kept.js', import.meta.url).href)}
      await run(file(${JSON.stringify(path)}), keptSum, { params: ${JSON.stringify(params)}, checkpoint: ${JSON.stringify(parts)} }).catch(({ code, message }) => console.log(code, message))`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url),
    })
    expect(said).toMatch(new RegExp(`^ERR_CHECKPOINT_BUSY .* in use by process ${process.pid}: `))
    writeFileSync(gate, '')
    await expect(first).resolves.toBe(await sequential().run(file(path), sum, { params: { chunker } }))
    expect(readdirSync(parts)).not.toContain('lock')
  })

  const hosts = { here: undefined, elsewhere: 'another-machine' }
  test.each([
    ['whose process has ended', { host: hosts.here, pid: 'ended', ageS: 0 }],
    ['whose process number belongs to another process now', { host: hosts.here, pid: 'other', ageS: 0 }],
    ['of another machine that has not been seen for long', { host: hosts.elsewhere, pid: 'ended', ageS: 120 }],
    ['that was never written', { host: hosts.here, pid: 'none', ageS: 5 }],
  ])('a lock %s is taken over', async (_, { host, pid, ageS }) => {
    const { path, parts } = fixture()
    const ended = spawn(process.execPath, ['-e', ''])
    await once(ended, 'exit')
    mkdirSync(parts, { recursive: true })
    const holder = {
      pid: pid === 'other' ? process.pid : ended.pid,
      host: host ?? hostname(),
      started: 'at another time',
    }
    // Where the system does not say when a process was started, a number that is in use again looks alive.
    if (pid === 'other' && process.platform !== 'linux') return
    writeFileSync(join(parts, 'lock'), pid === 'none' ? '' : JSON.stringify(holder))
    const then = Date.now() / 1000 - ageS
    utimesSync(join(parts, 'lock'), then, then)
    await expect(run(file(path), sum, { params: { chunker }, checkpoint: parts })).resolves.toBeTypeOf('number')
    expect(readdirSync(parts).filter((name) => name.startsWith('lock'))).toEqual([])
  })

  test('a lock of another machine that was seen just now is kept', async () => {
    const { path, parts } = fixture()
    mkdirSync(parts, { recursive: true })
    writeFileSync(join(parts, 'lock'), JSON.stringify({ pid: 1, host: 'another-machine' }))
    const refused = run(file(path), sum, { params: { chunker }, checkpoint: parts })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_BUSY' })
    await expect(refused).rejects.toThrow(/process 1 on another-machine/)
  })
})

describe('wrong calls throw at once', () => {
  const { path, folder } = fixture()
  const data = file(path)
  const checkpoint = join(folder, 'never')
  test.each([
    ['both folders', 'one of them has both', { checkpoint, incremental: checkpoint }],
    ['a folder that is none', 'options.checkpoint: expected a path or a file: URL', { checkpoint: 7 }],
    ['no folder', 'options.checkpoint: expected a path or a file: URL, got null', { checkpoint: null }],
    [
      'no folder for a file that grows',
      'options.incremental: expected a path or a file: URL, got null',
      { incremental: null },
    ],
    ['an empty folder', 'options.incremental: expected a path', { incremental: '' }],
    ['verify', 'options.verify: not possible together with checkpoint', { checkpoint, verify: true }],
    ['verifyPrefix alone', 'only possible together with incremental', { checkpoint, verifyPrefix: true }],
    [
      'verifyPrefix of another type',
      'options.verifyPrefix: expected a boolean',
      { incremental: checkpoint, verifyPrefix: 1 },
    ],
    ['another option', 'options.chekpoint: there is no such option', { checkpoint, chekpoint: 1 }],
    ['a wrong number of retries', 'options.retries', { checkpoint, retries: -1 }],
  ])('%s', (_, message, options) => {
    const expected = message === 'one of them has both' ? 'this one has both' : message
    // `as`: these are wrong calls.
    expect(() => engine.run(data, sum, options as object)).toThrow(expected)
  })

  test('map and fold have no folder', () => {
    // @ts-expect-error only run keeps parts
    expect(() => map(data, (bytes) => bytes.length, { checkpoint })).toThrow(
      'options.checkpoint: there is no such option',
    )
  })

  test('data in memory cannot grow', () => {
    expect(() => run(share('text'), sum, { incremental: checkpoint })).toThrow('only a file can grow')
  })

  test('options that are there and undefined are as if they were not there', async () => {
    const undefinedFolders = { params: { chunker }, checkpoint: undefined, incremental: undefined, verifyPrefix: false }
    await expect(run(data, sum, undefinedFolders)).resolves.toBeTypeOf('number')
  })
})

test('data in memory goes on by its digest', async () => {
  const { path, parts, log } = fixture()
  const params = { chunker, log: log.path }
  const bytes = share(readFileSync(path))
  const expected = await run(bytes, sum, { params, checkpoint: parts })
  log.read()
  await expect(run(share(readFileSync(path)), sum, { params, checkpoint: parts })).resolves.toBe(expected)
  expect(log.read()).toEqual([])
  bytes.view()[999]! ^= 1
  await expect(run(bytes, sum, { params, checkpoint: parts })).rejects.toMatchObject({
    code: 'ERR_CHECKPOINT_MISMATCH',
  })
})

test('a run rejects with ERR_ENGINE_CLOSED after close, also if all its parts are there', async () => {
  const { path, parts } = fixture()
  await run(file(path), sum, { params: { chunker }, checkpoint: parts })
  const closed = createEngine({ workers: 1 })
  await closed.close()
  await expect(closed.run(file(path), sum, { params: { chunker }, checkpoint: parts })).rejects.toMatchObject({
    code: 'ERR_ENGINE_CLOSED',
  })
})

test('an empty file has its answer', async () => {
  const { folder, parts } = fixture()
  const path = join(folder, 'empty')
  writeFileSync(path, '')
  await expect(run(file(path), sum, { params: { chunker }, checkpoint: parts })).resolves.toBe(0)
  await expect(run(file(path), sum, { params: { chunker }, checkpoint: parts })).resolves.toBe(0)
})

test.each([
  ['a file', '', 'EEXIST', 'it is a file; give the path of a folder'],
  ['below a file', 'below', 'ENOTDIR', 'a part of its path is a file; give the path of a folder'],
])('a folder that is %s is refused in words, with the code of the system', async (_, name, code, why) => {
  const { path } = fixture()
  const checkpoint = join(path, name)
  await expect(run(file(path), sum, { params: { chunker }, checkpoint })).rejects.toMatchObject({
    code,
    message: `cannot keep parts in ${JSON.stringify(checkpoint)}: ${why}`,
  })
})
