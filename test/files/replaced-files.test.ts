// A file that takes the place of another one, whichever way it is written: permissions, links, long names, and what is no file.

import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { share } from '@onecopy/core'
import { createEngine, createFile, type Engine, writePart, writeResults } from '@onecopy/node'
import { afterAll, describe, expect, test } from 'vitest'
import { evenLines } from '../plugins/filter.js'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()
let folders = 0
/** A folder of its own, with a space and letters of all kinds in its name. */
function fresh(): string {
  const own = join(folder, `ordner – 数 ${++folders}`)
  mkdirSync(own)
  return own
}

const engine: Engine = createEngine({ workers: 1 })
afterAll(() => engine.close())

const ways: [name: string, write: (path: string) => unknown, bytes: number | undefined][] = [
  [
    'writeResults',
    (path) =>
      writeResults(
        engine.map(share('abc'), () => 'after'),
        path,
      ),
    5,
  ],
  ['createFile', (path) => createFile(path, Uint8Array, 7), 7],
  [
    'writePart',
    async (path) => writePart(path, await engine.part(share('a\nb\n'), evenLines, { from: 0, to: 1 })),
    undefined,
  ],
]
const call = async (write: (path: string) => unknown, path: string): Promise<unknown> => await write(path)
const isWindows = process.platform === 'win32'

describe.each(ways)('%s', (_, write, bytes) => {
  const expectWritten = (path: string): void => {
    if (bytes === undefined) expect(readFileSync(path).length).toBeGreaterThan(6)
    else expect(readFileSync(path)).toHaveLength(bytes)
  }

  test.skipIf(isWindows)(
    'keeps the permissions, whatever the mask of the process, and a link stays a link',
    async () => {
      const own = fresh()
      const [to, link] = [join(own, 'to'), join(own, 'link')]
      symlinkSync('to', link)
      for (const mode of [0o600, 0o640, 0o666, 0o775]) {
        writeFileSync(to, 'before')
        chmodSync(to, mode)
        await call(write, link)
        expect((statSync(to).mode & 0o777).toString(8)).toBe(mode.toString(8))
        expect(lstatSync(link).isSymbolicLink()).toBe(true)
        expectWritten(to)
      }
      expect(readdirSync(own).sort()).toEqual(['link', 'to'])
    },
  )

  test.skipIf(isWindows)('makes the file that a link names, if it is not there yet', async () => {
    const own = fresh()
    mkdirSync(join(own, 'sub'))
    symlinkSync('second', join(own, 'first'))
    symlinkSync(join('sub', 'to'), join(own, 'second'))
    await call(write, join(own, 'first'))
    expect(lstatSync(join(own, 'first')).isSymbolicLink()).toBe(true)
    expectWritten(join(own, 'sub', 'to'))
  })

  test.skipIf(isWindows)('refuses links that lead to each other, and leaves them', async () => {
    const own = fresh()
    symlinkSync('b', join(own, 'a'))
    symlinkSync('a', join(own, 'b'))
    await expect(call(write, join(own, 'a'))).rejects.toMatchObject({ code: 'ELOOP' })
    expect(readdirSync(own).sort()).toEqual(['a', 'b'])
  })

  test.skipIf(isWindows)('refuses a pipe and a folder, and leaves them', async () => {
    const own = fresh()
    execFileSync('mkfifo', [join(own, 'pipe')])
    await expect(call(write, join(own, 'pipe'))).rejects.toThrow(/^path: .*pipe" is not a regular file$/)
    await expect(call(write, own)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(lstatSync(join(own, 'pipe')).isFIFO()).toBe(true)
    expect(readdirSync(own)).toEqual(['pipe'])
  })

  test.skipIf(isWindows)('takes any name that the file system takes', async () => {
    const own = fresh()
    for (const name of ['x'.repeat(255), `${'é'.repeat(127)}a`, '数'.repeat(85), '😀'.repeat(63)]) {
      await call(write, join(own, name))
      expectWritten(join(own, name))
    }
    expect(readdirSync(own)).toHaveLength(4)
    await expect(call(write, join(own, 'x'.repeat(256)))).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
  })
})

test.skipIf(isWindows)('a new file has the permissions that the mask of the process leaves', async () => {
  const own = fresh()
  const program = `
    import { createFile, map, share, writeResults } from '@onecopy/node'
    process.umask(0o027)
    await writeResults(map(share('a'), () => 'a'), process.argv[1] + '/a')
    createFile(process.argv[1] + '/b', Uint8Array, 1)
  `
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, own])
  expect(['a', 'b'].map((name) => statSync(join(own, name)).mode & 0o777)).toEqual([0o640, 0o640])
})
