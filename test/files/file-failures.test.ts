// An error of the system about a file is passed on as it is. Only another file, or a missing one, counts as a change.

import { closeSync, mkdirSync, openSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { createEngine, file, load, sequential, share } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { runModule } from '../support/child.js'
import { tempDir } from '../support/temp-dir.js'

const onLinux = test.skipIf(process.platform !== 'linux') // Elsewhere there is no /proc, and no such limit.
const dir = tempDir()
let files = 0

function fileOf(bytes: Uint8Array | string): string {
  const path = join(dir, `failing ${files++}`)
  writeFileSync(path, bytes)
  return path
}

const setup = `
  import { chmodSync, closeSync, mkdirSync, openSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
  import { createEngine, file, load, sequential, share } from '@onecopy/node'
  const dir = ${JSON.stringify(dir)}
  const report = (error) => console.log(JSON.stringify({
    name: error.name, code: error.code, path: error.path, cause: error.cause?.code, message: error.message,
  }))
`

describe.each(['createEngine({ workers: 1 })', 'sequential()'])('in a lane of %s', (engine) => {
  onLinux('no descriptor is left: EMFILE, and the file has not changed', async () => {
    const path = fileOf('abc')
    const { stdout, stderr } = await runModule(`${setup}
      const engine = ${engine}
      await engine.map(share('warm'), (bytes) => bytes.length)
      const data = file(${JSON.stringify(path)})
      const held = []
      try { for (;;) held.push(openSync('/dev/null')) } catch {}
      await engine.map(data, (bytes) => bytes.length).catch(report)
      for (const fd of held) closeSync(fd)
      console.log(await engine.map(data, (bytes) => bytes.length))
      await engine.close()
    `)
    const [first, second] = stdout.split('\n')
    expect({ stderr, ...JSON.parse(first!) }).toMatchObject({
      stderr: '',
      name: 'Error',
      code: 'EMFILE',
      path,
      cause: 'EMFILE',
    })
    expect(JSON.parse(first!).message).toContain(path)
    expect(second).toBe('[ 3 ]')
  })

  onLinux('the right to read it is gone: EACCES', async () => {
    const path = fileOf('abc')
    const { stdout } = await runModule(`${setup}
      const engine = ${engine}
      const data = file(${JSON.stringify(path)})
      chmodSync(data.path, 0)
      // The superuser may read anything: go on as somebody else.
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
      await engine.map(data, (bytes) => bytes.length).catch(report)
      await engine.close()
    `)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'Error', code: 'EACCES', path, cause: 'EACCES' })
  })

  test.each([
    ['nothing', () => undefined],
    ['a folder', (path: string) => mkdirSync(path)],
    ['another file', (path: string) => writeFileSync(path, 'abc')],
    ['a link that leads to itself', (path: string) => symlinkSync(path, path)],
  ])('%s in its place: ERR_DATA_CHANGED, or what the system says of the path', async (what, replace) => {
    const path = fileOf('abc')
    const data = file(path)
    renameSync(path, `${path} away`)
    replace(path)
    const its = engine === 'sequential()' ? sequential() : createEngine({ workers: 1 })
    const code = what.startsWith('a link') ? 'ELOOP' : 'ERR_DATA_CHANGED'
    await expect(its.map(data, (bytes) => bytes.length)).rejects.toMatchObject({ code })
    await its.close()
  })

  test('the folder that it was in is a file now: ERR_DATA_CHANGED', async () => {
    const folder = join(dir, `folder ${files++}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'x'), 'abc')
    const data = file(join(folder, 'x'))
    renameSync(folder, `${folder} away`)
    writeFileSync(folder, '')
    const its = engine === 'sequential()' ? sequential() : createEngine({ workers: 1 })
    await expect(its.map(data, (bytes) => bytes.length)).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
    await its.close()
  })
})

onLinux('a disk that fails while a chunk is read: EIO, with the path and where', async () => {
  // The memory of a process is a file whose first page cannot be read.
  const { stdout } = await runModule(`${setup}
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const data = file(${JSON.stringify(fileOf('abcdef'))})
    const { readSync } = fs
    fs.readSync = (...args) => {
      if (args[4] === 4) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5, syscall: 'read' })
      return readSync(...args)
    }
    syncBuiltinESMExports()
    const { fixed } = await import('@onecopy/node')
    await sequential().map(data, (bytes) => bytes.length, { chunks: fixed({ size: 2 }) }).catch(report)
    await sequential().map(data, (bytes, chunk) => chunk.view(4, 6), { chunks: fixed({ size: 2 }) }).catch(report)
  `)
  for (const line of stdout.trim().split('\n')) {
    expect(JSON.parse(line)).toMatchObject({ name: 'Error', code: 'EIO', cause: 'EIO' })
    expect(JSON.parse(line).message).toMatch(/^cannot read .*failing \d+ at byte 4: EIO: i\/o error/)
  }
  expect.assertions(4)
})

describe('a relative path is resolved when it is given', () => {
  // In a process of its own: the folder is the whole process's.
  async function printed(source: string): Promise<string> {
    writeFileSync(join(dir, 'relative.log'), 'abc')
    writeFileSync(
      join(dir, 'plugin.mjs'),
      `
      import { definePlugin, sum } from ${JSON.stringify(import.meta.resolve('@onecopy/core'))}
      export const length = definePlugin(import.meta.url, { name: 'length', map: (bytes) => bytes.length, reduce: sum() })
    `,
    )
    const { stdout, stderr } = await runModule(`
      import { createEngine, file, listPlugins, load, loadPlugin } from '@onecopy/node'
      const engine = createEngine({ workers: 2 })
      process.chdir(${JSON.stringify(dir)})
      ${source}
      await engine.close()
    `)
    expect(stderr).toBe('')
    return stdout
  }

  test('file, before the first run and after it', async () => {
    expect(
      await printed(`
        const data = file('relative.log')
        process.chdir(${JSON.stringify(tmpdir())})
        console.log(await engine.map(data, (bytes) => { return bytes.length }))
        console.log(data.path === ${JSON.stringify(join(dir, 'relative.log'))})
      `),
    ).toBe('[ 3 ]\ntrue\n')
  })

  test('load, loadPlugin and listPlugins', async () => {
    expect(
      await printed(`
        const loading = load('relative.log')
        const found = loadPlugin('./plugin.mjs')
        const listed = listPlugins('./plugin.mjs#length')
        process.chdir(${JSON.stringify(tmpdir())})
        console.log((await loading).length, (await found).name, (await listed)[0].name)
        console.log(await engine.run(await loading, await found))
      `),
    ).toBe('3 length length\n3\n')
  })
})

describe('files that the system makes up as they are read', () => {
  const path = '/sys/class/net/lo/mtu'
  let isThere = true
  try {
    closeSync(openSync(path, 'r'))
  } catch {
    isThere = false
  }
  // Elsewhere, and in some containers, there is no such file.
  test.skipIf(!isThere)(
    'one of /sys, which says 4096 bytes and has fewer: load gives what there is, file refuses it',
    async () => {
      const bytes = readFileSync(path)
      expect(Buffer.compare((await load(path)).view(), bytes)).toBe(0)
      expect(Buffer.from((await load(path, { start: 1, end: 3 })).view())).toEqual(bytes.subarray(1, 3))
      await expect(load(path, { end: 100 })).rejects.toThrow(RangeError)
      expect(() => file(path)).toThrow(TypeError)
      expect(() => file(path)).toThrow(/^path: "\/sys\/.*" is generated while it is read, .* use load\(\)$/)
    },
  )
})

describe('messages of load and file are short, and say what is right', () => {
  const calls = [async (value: unknown) => load(value as string), async (value: unknown) => file(value as string)]

  test.each<readonly [what: string, value: unknown, message: RegExp]>([
    [
      'bytes',
      Buffer.alloc(1_000_000),
      /^path: expected a path or a file: URL, got an object \(Buffer\); .*share\(data\)$/,
    ],
    ['numbers', new Float64Array(9), /\(Float64Array\); .*share\(data\)$/],
    ['a buffer', new ArrayBuffer(9), /\(ArrayBuffer\); .*share\(data\)$/],
    ['shared data', share('abc'), /\(SharedMemory\); it is shared data already: give it to map or run$/],
    ['a file that was opened', file(fileOf('abc')), /\(FileData\); it is shared data already: give it to map or run$/],
    ['a promise', Promise.resolve('x'), /\(Promise\); await it$/],
    ['a list', new Array(1_000_000).fill('path'), /got an array of 1000000$/],
    ['an object', { text: 'x'.repeat(1_000_000) }, /got an object \(Object\)$/],
    ['nothing', undefined, /got undefined$/],
    [
      'a URL of another kind',
      new URL(`https://example.org/${'x'.repeat(100_000)}`),
      /got "https:\/\/example.org\/x+"… \(\d+ characters\); for data on a server, use http\(url\)$/,
    ],
    ['a URL without files', new URL('data:,abc'), /^path: expected a path or a file: URL, got "data:,abc"$/],
    ['an address', 'http://127.0.0.1/a.txt', /no such file or directory; for data on a server, use http\(url\)$/],
    ['text', 'a line\n'.repeat(100_000), /; to use text as data, call share\(text\)$/],
    ['a short text', 'first\nsecond\n', /first\\nsecond\\n".*; to use text as data, call share\(text\)$/],
  ])('%s', async (_what, value, message) => {
    for (const call of calls) {
      const error: Error = await call(value).then(
        () => expect.unreachable(),
        (thrown) => thrown,
      )
      expect(error.message).toMatch(message)
      // What a terminal shows of it: its cause and its path as well.
      expect(inspect(error).length).toBeLessThan(2000)
    }
  })

  test('a path of any usual length is shown whole', async () => {
    const path = join(dir, 'x'.repeat(200), 'missing')
    await expect(load(path)).rejects.toThrow(`path: cannot open ${JSON.stringify(path)}: ENOENT`)
    expect(() => file(path)).toThrow(`path: cannot open ${JSON.stringify(path)}: ENOENT`)
  })

  test('a URL of another realm is a path', async () => {
    const { href, protocol } = pathToFileURL(fileOf('abc'))
    expect(file({ href, protocol } as URL).length).toBe(3)
  })
})
