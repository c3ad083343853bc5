// Files of numbers on the command line, and files that the system, a writer or a plugin does something to.

import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { floatArrays, integerArrays } from '../support/typed-arrays.js'
import { call, pluginFolder, pluginText } from './command.js'

const numbers = [0.5, -2, 1e6, 3]
const floats = Buffer.from(new Uint8Array(Float64Array.from(numbers).buffer))
/** The kinds of numbers that the command line has a name for: the first letter and the bits, such as `u8` or `f64`. */
const numberKinds = [...integerArrays, ...floatArrays]
  .filter((Kind) => Kind !== Uint8ClampedArray)
  .map((Kind) => [`${Kind.name[0]!.toLowerCase()}${8 * Kind.BYTES_PER_ELEMENT}`, Kind] as const)

const cwd = pluginFolder({
  'chunks.js': pluginText('chunks', 'return [bytes.constructor.name, chunk.start, chunk.end, bytes.byteOffset % 8]'),
  'four.js': pluginText('four', 'return bytes.length', 'chunks: fixed({ size: 4 }),'),
  'boom.js': pluginText('boom', 'if (chunk.index === 1) throw new Error("no")', 'chunks: fixed({ size: 2 }),'),
  'lined.js': pluginText('lined', 'return 1', 'chunks: lines(),'),
  'appends.js': `import { appendFileSync } from 'node:fs'
    ${pluginText('appends', 'appendFileSync(chunk.params.path, "more"); return bytes.length', 'params: { path: "" },')}`,
  'leaves.js': `${pluginText('leaves', 'return bytes.length')}
    import { isMainThread } from 'node:worker_threads'
    if (isMainThread) process.chdir('/')`,
  'four.bin': Buffer.from([1, 2, 3, 4]),
  'floats.bin': floats,
  'headed.bin': Buffer.concat([Buffer.from('head!'), floats]),
  'ten.txt': '0123456789',
})

describe('--type and --offset', () => {
  test.each(numberKinds)('the kernels’ sum of a file of %s, behind a header of 5 bytes', async (type, Kind) => {
    const values = type === 'f64' || type === 'f32' ? numbers : [1, 2, 100]
    const bytes = Buffer.from(new Kind(values).buffer)
    const input = Buffer.concat([Buffer.from('head!'), bytes])
    const args = ['run', '@onecopy/kernels#sum-numbers', '-', '--type', type, '--offset', '5', '--json']
    const { stdout, stderr } = await call(args, { cwd, input })
    expect({ stderr, result: JSON.parse(stdout).results[0].result }).toEqual({
      stderr: '',
      result: values.reduce((a, b) => a + b),
    })
  })

  test('a file is read in place, and elements arrive aligned', async () => {
    const args = ['run', 'chunks.js', 'headed.bin', '--type', 'f64', '--offset', '5', '--chunk-size', '16', '--json']
    expect(JSON.parse((await call(args, { cwd })).stdout).results[0].result).toEqual([
      ['Float64Array', 0, 2, 0],
      ['Float64Array', 2, 4, 0],
    ])
  })

  test('integers of 64 bits are exact', async () => {
    const bytes = Buffer.from(new Uint8Array(BigInt64Array.of(2n ** 60n, 1n).buffer))
    const { stdout } = await call(['run', '@onecopy/kernels#sum-big-ints', '-', '--type', 'i64', '--json'], {
      cwd,
      input: bytes,
    })
    expect(JSON.parse(stdout).results[0].result).toBe(String(2n ** 60n + 1n))
  })

  test('check takes samples of numbers', async () => {
    const args = ['check', '@onecopy/kernels#min-max', 'headed.bin', '--type', 'f64', '--offset', '5', '--runs', '5']
    const { code, stdout } = await call(args, { cwd })
    expect(stdout).toContain('no law is broken')
    expect(code).toBe(0)
  })

  test.each([
    ['a file', 'headed.bin', {}],
    ['standard input', '-', { input: readFileSync(join(cwd, 'headed.bin')) }],
  ])('%s of no whole number of elements is refused with both numbers', async (_what, name, input) => {
    const { code, stderr } = await call(['run', 'chunks.js', name, '--type', 'f64'], { cwd, ...input })
    expect(stderr).toMatch(/--type: .*37 bytes.* 8 bytes /)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(code).toBe(1)
  })

  test('a header longer than the file is refused', async () => {
    const { code, stderr } = await call(['run', 'chunks.js', 'ten.txt', '--offset', '11'], { cwd })
    expect(stderr).toMatch(/--offset: .*10 bytes, got 11/)
    expect(code).toBe(1)
  })

  test.each([
    [['--type', 'f16x'], /f64/],
    [['--offset', '-1'], /integer from 0/],
    [['--type', 'f64', 'lined.js'], /lines\(\) and delimited\(\)/],
  ])('wrong call %j', async ([first, second, plugin = 'chunks.js'], message) => {
    const { code, stderr } = await call(['run', plugin, 'ten.txt', first!, second!], { cwd })
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  test('what goes wrong is told with the elements it went wrong in', async () => {
    const { stderr } = await call(['run', 'boom.js', 'floats.bin', '--type', 'f64'], { cwd })
    expect(stderr).toContain('elements 2 to 4')
  })
})

describe('a file', () => {
  test('that grows while it is read is read as it was', async () => {
    appendFileSync(join(cwd, 'grows.txt'), '0123456789')
    const args = ['run', 'appends.js', 'grows.txt', '--param', `path=${join(cwd, 'grows.txt')}`, '--json']
    const { stdout, stderr } = await call(args, { cwd })
    expect({ stderr, result: JSON.parse(stdout).results[0].result }).toEqual({ stderr: '', result: [10] })
  })

  test('is looked for where the command was called, wherever the plugin’s module goes', async () => {
    const { stdout, stderr } = await call(['run', 'leaves.js', 'ten.txt', '--json'], { cwd })
    expect({ stderr, result: JSON.parse(stdout).results[0].result }).toEqual({ stderr: '', result: [10] })
  })

  // Elsewhere there is no /sys or /proc.
  test.skipIf(process.platform !== 'linux')('that the system makes up is read as it is', async () => {
    for (const path of ['/sys/kernel/mm/transparent_hugepage/enabled', '/proc/version']) {
      const length = await promisify(execFile)('cat', [path]).then(
        ({ stdout }) => stdout.length,
        // Not every container has it.
        () => undefined,
      )
      if (length === undefined) continue
      const { stdout } = await call(['run', 'chunks.js', path, '--json'], { cwd })
      expect(JSON.parse(stdout).results[0].result).toEqual([['Uint8Array', 0, length, expect.any(Number)]])
    }
  })
})
