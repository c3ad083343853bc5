// `onecopy head`; and inputs that are URLs or text in another encoding, for all commands.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RemoteServer, startRemoteServer } from '../support/remote-server.js'
import { call, pluginFolder, pluginText } from './command.js'

const count = `let n = 0; for (const byte of bytes) if (byte === 10) n++; return n`
const text = 'one\ntwo\nthree\nfour\nfive\n'
const withMax = (module: string): string => `import { max } from '@onecopy/core'\n${module}`
const utf32 = (text: string): Buffer => Buffer.from(Uint32Array.from([...text], (each) => each.codePointAt(0)!).buffer)
/** A gzip file with a member per byte, which gives one byte after the other. */
const byteByByte = (bytes: Buffer): Buffer => Buffer.concat([...bytes].map((byte) => gzipSync(Uint8Array.of(byte))))
const marked = '\ufeffé𐨊\n'
const cwd = pluginFolder({
  'utf-16.gz': byteByByte(Buffer.from(marked, 'utf16le').swap16()),
  'utf-16le.gz': byteByByte(Buffer.from(marked, 'utf16le')),
  'utf-32.gz': byteByByte(utf32(marked).swap32()),
  'utf-32be.gz': byteByByte(utf32(marked).swap32()),
  'latin1.gz': byteByByte(Buffer.from([0xff, 0x80, 0xff, 10])),
  'lines.js': pluginText('line-count', count, 'chunks: lines({ size: 4 }), reduce: sum(),'),
  'largest.js': withMax(pluginText('largest', 'return bytes.length', 'chunks: lines({ size: 4 }), reduce: max(),')),
  'throws.js': pluginText(
    'throws',
    'if (chunk.index === 1) throw new Error("broken"); return 1',
    'chunks: fixed({ size: 4 }),',
  ),
  'text.js': pluginText(
    'text',
    'return new TextDecoder().decode(bytes.slice())',
    'reduce: { init: () => "", add: (acc, value) => acc + value, merge: (left, right) => left + right },',
  ),
  'data.txt': text,
  'long.txt': `${'x'.repeat(20)}\ny\n`,
  'empty.txt': '',
  'utf16.txt': Buffer.from(`\ufeff${text}é`, 'utf16le'),
  'utf16be.txt': Buffer.from(`\ufeff${text}é`, 'utf16le').swap16(),
  'utf32.txt': utf32('\ufeffé𐨊\n€'),
  'utf32be.txt': utf32('\ufeffé𐨊\n€').swap32(),
  'cut32.txt': Uint8Array.of(0, 0, 0, 97, 0, 0),
  'western.txt': Uint8Array.of(0xff, 0x80, 0xff, 10, 0xff, 0x92),
  'short.txt': Uint8Array.of(97, 0),
  'sjis.txt': Uint8Array.of(0x83, 0x5c, 10, 0x82, 0xa0),
})

let server: RemoteServer
beforeAll(async () => {
  server = await startRemoteServer()
})
afterAll(() => server.close())

describe('head', () => {
  test('the first three chunks, each with its result, its bytes and its time, and an estimate', async () => {
    const { code, stdout, stderr } = await call(['head', './lines.js', 'data.txt', '-w', '2'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.replace(/[\d.]+ (ms|s)/g, 'T')).toBe(
      'chunk 0 (4 bytes, T):\n1\n\nchunk 1 (4 bytes, T):\n1\n\nchunk 2 (6 bytes, T):\n1\n\n' +
        'the whole, 24 bytes in 6 chunks: about T on 2 workers, if it goes on like this\n',
    )
  })

  test('chunks that own nothing are passed over, also if the reducer needs something', async () => {
    const { code, stdout, stderr } = await call(['head', './largest.js', 'long.txt', '--chunks', '2'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^chunk 0 \(21 bytes, .*\):\n21\n\nchunk 5 \(2 bytes, .*\):\n2\n\nthe whole, 23 bytes in 6 chunks: /,
    )
  })

  test('a pattern that matches one file; check takes it, too', async () => {
    const { code, stdout } = await call(['head', './lines.js', 'dat?.t[x]t'], { cwd })
    expect({ code, begin: stdout.slice(0, 7) }).toEqual({ code: 0, begin: 'chunk 0' })
    expect(await call(['check', './lines.js', 'dat?.t[x]t', '--runs', '1'], { cwd })).toMatchObject({ code: 0 })
    for (const command of ['head', 'check']) {
      const several = await call([command, './lines.js', 'utf32*.txt'], { cwd })
      expect(several).toMatchObject({ code: 2, stdout: '' })
      expect(several.stderr).toMatch(/^onecopy: utf32\*\.txt matches 2 files, and one is wanted, such as utf32\.txt/)
      const none = await call([command, './lines.js', '*.nothing'], { cwd })
      expect(none).toMatchObject({ code: 2, stdout: '' })
      expect(none.stderr).toMatch(/^onecopy: no file matches "\*\.nothing" in /)
    }
  })

  test('nothing at all', async () => {
    const { code, stdout } = await call(['head', './lines.js', 'empty.txt'], { cwd })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'no chunk has anything: there is nothing to estimate\n' })
  })

  test('a chunk that throws: what came before it, and the error', async () => {
    const { code, stdout, stderr } = await call(['head', './throws.js', 'data.txt'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^chunk 0 /)
    expect(stderr).toMatch(/data\.txt: .*ERR_CHUNK_FAILED/s)
    expect(stderr).toContain('broken')
  })

  test.each([
    [['head', './lines.js'], 2, /missing required argument 'file'/],
    [['head', './lines.js', 'data.txt', '--chunks', '0'], 2, /Expected an integer from 1 to 1000/],
    [['head', './lines.js', 'missing.txt'], 1, /missing\.txt: cannot open it/],
    [['head', './nothing.js', 'data.txt'], 1, /ERR_PLUGIN_LOAD/],
  ] as const)('%j', async (args, exit, message) => {
    const { code, stderr } = await call(args, { cwd })
    expect(code).toBe(exit)
    expect(stderr).toMatch(message)
  })
})

describe('URLs', () => {
  test('are read with --allow-http, and their secrets are not shown', async () => {
    const url = await server.set('/data.txt?key=secret', { bytes: Buffer.from(text), etag: '"1"' })
    const run = await call(['run', './lines.js', url, 'data.txt', '--allow-http'], { cwd })
    expect(run).toEqual({ code: 0, stderr: '', stdout: `${server.origin}/data.txt: 5\ndata.txt: 5\n` })
    const head = await call(['head', './lines.js', url, '--allow-http', '--chunks', '1'], { cwd })
    expect(head.stdout).toMatch(/^chunk 0 \(4 bytes, .*\):\n1\n/)
    await server.set('/data.txt?key=secret', { always: { status: 404 } })
    const gone = await call(['run', './lines.js', url, '--allow-http'], { cwd })
    expect(gone.code).toBe(1)
    expect(gone.stderr).toMatch(/404 Not Found/)
    expect(gone.stderr).not.toContain('secret')
  })

  test.each([
    [
      ['run', './lines.js', 'https://me:pw@host/x?secret'],
      /^onecopy: https:\/\/host\/x is a URL: give --allow-http to read it/,
    ],
    [['head', './lines.js', 'http://host/x'], /is a URL: give --allow-http/],
    [['check', './lines.js', 'http://host/x'], /is a URL: give --allow-http/],
    [['part', './lines.js', 'http://host/x', '--span', '0/1', '--out', 'p'], /is a URL: give --allow-http/],
    [['run', './lines.js', 'http://host/x', '--allow-http', '--together'], /--together takes files, and not URLs/],
    [['run', './lines.js', 'http://host/x', '--allow-http', '--follow', 'f'], /--follow needs a file/],
    [
      ['run', './lines.js', 'http://host/x', '--allow-http', '--encoding', 'latin1'],
      /--encoding is not possible with URLs/,
    ],
  ] as const)('%j is refused', async (args, message) => {
    const { code, stderr } = await call(args, { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/secret|pw/)
  })
})

describe('--encoding', () => {
  test.each([
    ['utf16.txt', 'utf-16le', `${text}é`],
    ['utf16.txt', 'UTF-16', `${text}é`],
    ['utf16be.txt', 'utf-16', `${text}é`],
    ['sjis.txt', 'shift_jis', 'ソ\nあ'],
    ['utf32.txt', 'utf-32le', 'é𐨊\n€'],
    ['utf32.txt', 'UTF32', 'é𐨊\n€'],
    ['utf32be.txt', 'utf-32', 'é𐨊\n€'],
    ['utf32be.txt', 'utf_32be', 'é𐨊\n€'],
    ['cut32.txt', 'utf-32be', 'a\ufffd'],
    ['western.txt', 'latin1', 'ÿ€ÿ\nÿ’'],
    ['empty.txt', 'utf-32', ''],
    ['short.txt', 'utf-16', 'a'],
  ])('%s as %s', async (file, encoding, expected) => {
    const { code, stdout, stderr } = await call(['run', './text.js', file, '--encoding', encoding], { cwd })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${expected}\n`, stderr: '' })
  })

  test('standard input', async () => {
    const input = Buffer.from(text, 'utf16le')
    const { stdout } = await call(['run', './lines.js', '-', '--encoding', 'utf-16le'], { cwd, input })
    expect(stdout).toBe('5\n')
  })

  test.each(['utf-16', 'utf-32', 'utf-16le', 'utf-32be', 'latin1'])(
    '%s that arrives byte by byte',
    async (encoding) => {
      const { code, stdout, stderr } = await call(['run', './text.js', `${encoding}.gz`, '--encoding', encoding], {
        cwd,
      })
      const expected = encoding === 'latin1' ? 'ÿ€ÿ\n' : 'é𐨊\n'
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${expected}\n`, stderr: '' })
    },
  )

  test.each([
    [['--encoding', 'klingon'], /cannot decode "klingon"; for others: iconv/],
    [['--encoding', 'utf-16le', '--type', 'f64'], /--encoding is for text, and --type for numbers/],
  ] as const)('%j is refused', async (more, message) => {
    const { code, stderr } = await call(['run', './lines.js', 'data.txt', ...more], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
