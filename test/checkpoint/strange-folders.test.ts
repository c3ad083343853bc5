// Folders for parts in which something lies that no run has put there: a lock from a clock that was set back, links, folders under
// the names of files, a job file that was edited. No run hangs, none ends the process, and none takes something for what it is not.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createEngine, csvRecords, type Engine, file, fixed } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keptSum, keptText } from '../plugins/kept.js'
import { freshFolder } from './folders.js'

let engine: Engine
beforeAll(() => {
  engine = createEngine({ workers: 2 })
})
afterAll(() => engine.close())

const kinds = ['checkpoint', 'incremental'] as const
const params = { chunker: fixed({ size: 10 }) }

/** A file of 100 bytes, and the folder of a run that has ended. */
async function fixture(kind: (typeof kinds)[number]) {
  const folder = freshFolder()
  const path = join(folder, 'data.bin')
  writeFileSync(
    path,
    Uint8Array.from({ length: 100 }, (_, i) => i),
  )
  const parts = join(folder, 'parts')
  const answer = await engine.run(file(path), keptSum, { params, [kind]: parts })
  return { folder, path, parts, answer, again: () => engine.run(file(path), keptSum, { params, [kind]: parts }) }
}

describe.each(kinds)('%s', (kind) => {
  const inAnHour = (): number => Date.now() / 1000 + 3600

  test.each([
    ['was never written', ''],
    ['is of another machine', JSON.stringify({ pid: 1, host: 'another-machine' })],
  ])('a lock that %s, made before the clock was set back, is taken over', async (_, text) => {
    const { parts, answer, again } = await fixture(kind)
    const lock = join(parts, 'lock')
    writeFileSync(lock, text)
    utimesSync(lock, inAnHour(), inAnHour())
    await expect(again()).resolves.toBe(answer)
    expect(readdirSync(parts)).not.toContain('lock')
  })

  test('a run that waits for a lock to be written can be cancelled', async () => {
    const { parts, again } = await fixture(kind)
    const lock = join(parts, 'lock')
    writeFileSync(lock, '')
    utimesSync(lock, inAnHour(), inAnHour())
    const run = again()
    const reason = new Error('enough')
    run.start()
    setImmediate(() => run.cancel(reason))
    await expect(run).rejects.toBe(reason)
    expect(readdirSync(parts)).toContain('lock')
  })

  test.skipIf(process.platform === 'win32')(
    'a lock that is a link to nothing is refused (links need rights on Windows)',
    async () => {
      const { parts, again } = await fixture(kind)
      symlinkSync(join(parts, 'nothing'), join(parts, 'lock'))
      await expect(again()).rejects.toMatchObject({
        code: 'ELOOP',
        message: expect.stringMatching(/^cannot keep parts in /),
      })
    },
  )

  test('a folder under the name of a part is left alone', async () => {
    const { parts, answer, again } = await fixture(kind)
    mkdirSync(join(parts, 'mine.part'))
    await expect(again()).resolves.toBe(answer)
    expect(readdirSync(parts)).toContain('mine.part')
  })

  test('a folder under the name of the job file is refused', async () => {
    const { folder, path } = await fixture(kind)
    const parts = join(folder, 'others')
    mkdirSync(join(parts, 'job.json'), { recursive: true })
    await expect(engine.run(file(path), keptSum, { params, [kind]: parts })).rejects.toMatchObject({
      code: 'ERR_CHECKPOINT_MISMATCH',
      message: expect.stringMatching(/its job\.json cannot be read/),
    })
  })

  test('a job file with any member of another type is refused, or gives the same answer', async () => {
    const { folder, path, parts, answer } = await fixture(kind)
    const text = readFileSync(join(parts, 'job.json'), 'utf8')
    const places = placesIn(JSON.parse(text))
    expect(places.length).toBeGreaterThan(15)
    const seen = new Set<unknown>()
    for (const [i, place] of places.entries()) {
      for (const [j, value] of [undefined, null, 'x', -1, 1.5, {}].entries()) {
        const changed = join(folder, `changed ${i} ${j}`)
        cpSync(parts, changed, { recursive: true })
        writeFileSync(join(changed, 'job.json'), JSON.stringify(withValue(JSON.parse(text), place, value)))
        const outcome = await engine.run(file(path), keptSum, { params, [kind]: changed }).catch(({ code }) => code)
        if (![answer, 'ERR_CHECKPOINT_MISMATCH', 'ERR_PART_MISMATCH'].includes(outcome))
          seen.add(`${place} = ${value}: ${outcome}`)
      }
    }
    expect([...seen]).toEqual([])
  })
})

test('another quote is named as what differs', async () => {
  const folder = freshFolder()
  const path = join(folder, 'data.csv')
  writeFileSync(path, 'a,b\nc,d\n')
  const parts = join(folder, 'parts')
  await engine.run(file(path), keptText, { chunks: csvRecords(), checkpoint: parts })
  const refused = engine.run(file(path), keptText, { chunks: csvRecords({ quote: "'" }), checkpoint: parts })
  await expect(refused).rejects.toMatchObject({
    code: 'ERR_CHECKPOINT_MISMATCH',
    message: expect.stringMatching(/the byte of a quote was 34, and now is 39/),
  })
})

test.skipIf(process.platform === 'win32')(
  'a disk that has no room for the job file is told with the folder (Windows has no limit for files)',
  async () => {
    const folder = freshFolder()
    // The job file has the path of the data in it.
    const path = join(folder, 'long '.repeat(40), 'long '.repeat(40))
    mkdirSync(join(path, '..'))
    writeFileSync(path, 'abc')
    const program = `
      import { file, run } from '@onecopy/node'
      import { keptSum } from ${JSON.stringify(new URL('../plugins/kept.js', import.meta.url).href)}
      await run(file(process.argv[1]), keptSum, { incremental: process.argv[2] })
        .catch(({ code, message }) => console.log(JSON.stringify({ code, message })))
    `
    // The system lets the process write files of at most 1 KiB. The lock is smaller, and the job file is larger.
    const shell = 'ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2" "$3"'
    const parts = join(folder, 'parts')
    const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, program, path, parts])
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'EFBIG',
      message: expect.stringMatching(/^cannot keep parts in .*parts"?: EFBIG: file too large/),
    })
    expect(readdirSync(parts)).toEqual([])
  },
)

/** The paths to all members of JSON data, except those of the versions, which are compared before anything else. */
function placesIn(value: object, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const place = [...path, name]
    return [place, ...(typeof member === 'object' && member !== null ? placesIn(member, place) : [])]
  })
}

function withValue(root: Record<string, unknown>, place: readonly string[], value: unknown): object {
  // `as`: all members on the way are objects.
  const parent = place.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, root)
  parent[place.at(-1)!] = value
  return root
}
