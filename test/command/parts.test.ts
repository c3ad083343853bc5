// `onecopy part` and `onecopy merge`: one job in several processes; and `onecopy run` with a folder for parts.

import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guessMissing, parseSpan, spanAt } from '../../packages/cli/dist/parts/span.js'
import { bin, call, ended, type Outcome, plainEnv, pluginFolder, pluginText, start } from './command.js'

const cwd = pluginFolder({
  // Its bits depend on the order and the grouping of every addition.
  'weigh.js': pluginText(
    'weigh',
    'return bytes.reduce((sum, byte, at) => sum + byte * 1.1 ** ((at % 40) - 20), 0) * chunk.params.factor',
    'params: { factor: 1 }, chunks: lines({ size: 16 }), reduce: sum(),',
  ),
  'other.js': pluginText('other', 'return 1', 'reduce: sum(),'),
  'two.js': `${pluginText('one', 'return 1')}\n${pluginText('two', 'return 2').replace(/^import.*/, '')}`,
  'boom.js': pluginText(
    'boom',
    "if (chunk.index === 40) throw new Error('bad chunk')\n return 1",
    'chunks: lines({ size: 16 }), reduce: sum(),',
  ),
  'slow.js': pluginText(
    'slow',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)\n return bytes.length',
    'chunks: fixed({ size: 16 }), reduce: sum(),',
  ),
  'draws.js': pluginText('draws', 'return chunk.random()', 'chunks: lines({ size: 16 }), reduce: sum(),'),
  'words.js': pluginText(
    'words',
    'return new Map([[bytes[0] ?? 0, 1]])',
    'chunks: lines({ size: 16 }), reduce: countByKey(),',
  ),
  'floats.js': pluginText('floats', 'return bytes[0]', 'chunks: fixed({ size: 4 }), reduce: sum(),'),
  'a log.txt': Array.from({ length: 200 }, (_, i) => `line ${i * 7919}\n`).join(''),
  'floats.bin': new Uint8Array(Float64Array.from({ length: 40 }, (_, i) => i / 3).buffer),
})
const log = 'a log.txt'
const run = (...args: string[]): Promise<Outcome> => call(args, { cwd })
/** A fresh folder's name, relative to `cwd`. */
const fresh = (): string => mkdtempSync(join(cwd, 'parts ')).slice(cwd.length + 1)

async function makeParts(folder: string, of: number, ...args: string[]): Promise<void> {
  for (let i = 0; i < of; i++) {
    const made = await run('part', 'weigh.js', log, '--span', `${i}/${of}`, '--out', join(folder, `${i}.part`), ...args)
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
  }
}

describe('spans', () => {
  test('n spans cover all chunks, in order, at multiples of the unit, and are about equally long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.nat({ max: 4 }),
        (count, of, level) => {
          const unit = 2 ** level
          let at = 0
          const lengths: number[] = []
          for (let i = 0; i < of; i++) {
            const { from, to } = spanAt(i, of, count, unit)
            expect(from).toBe(at)
            expect(to % unit === 0 || to === count).toBe(true)
            lengths.push(Math.ceil((to - from) / unit))
            at = to
          }
          expect(at).toBe(count)
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('huge numbers of spans and chunks stay exact', () => {
    const most = 2 ** 30
    expect(spanAt(most - 1, most, most, 1)).toEqual({ from: most - 1, to: most })
    expect(spanAt(most - 2, most - 1, most, 1)).toEqual({ from: most - 2, to: most })
  })

  test('what is missing of n spans is found again', () => {
    const wholes = fc.integer({ min: 1, max: 60 }).chain((of) =>
      fc.record({
        of: fc.constant(of),
        count: fc.integer({ min: of, max: 500 }),
        gone: fc.subarray(
          Array.from({ length: of }, (_, i) => i),
          { minLength: 1 },
        ),
      }),
    )
    fc.assert(
      fc.property(wholes, ({ of, count, gone }) => {
        const there = Array.from({ length: of }, (_, i) => i)
          .filter((i) => !gone.includes(i))
          .map((i) => spanAt(i, of, count, 1))
        const missing = gone.map((i) => spanAt(i, of, count, 1))
        const found = guessMissing(there, missing, count, 1)
        // Another number of spans may fit as well. What it names makes the same chunks.
        const chunks = (spans: readonly { from: number; to: number }[]): number[] =>
          spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))
        if (there.length > 0)
          expect(chunks(found!.map(({ index, of: n }) => spanAt(index, n, count, 1)))).toEqual(chunks(missing))
      }),
    )
  })

  test.each(['', '1', '1/', '8/8', '9/8', '0/0', '-1/8', '1/8/9', 'a/b', '4-4', '5-4', '1-', '1.5/8', `0/${2 ** 31}`])(
    '%j is refused',
    (text) => {
      expect(() => parseSpan(text)).toThrow(/^(Expected i\/n|Spans count from 0)/)
    },
  )
})

test.each([1, 3, 8])('%i parts give the result of one run, bit for bit', async (of) => {
  const parts = fresh()
  await makeParts(parts, of)
  const whole = JSON.parse((await run('run', 'weigh.js', log, '--json')).stdout)
  const merged = await run('merge', 'weigh.js', log, parts, '--json')
  expect(merged).toMatchObject({ code: 0, stderr: '' })
  const document = JSON.parse(merged.stdout)
  expect(document).toMatchObject({ plugin: 'weigh', ok: true, params: { factor: 1 } })
  expect(document.results).toEqual([{ file: log, bytes: whole.results[0].bytes, result: whole.results[0].result }])
  const shown = await run('run', 'weigh.js', log)
  expect(
    await run('merge', 'weigh.js', log, ...readdirSync(join(cwd, parts)).map((name) => join(parts, name))),
  ).toEqual(shown)
})

test('xargs runs the spans of a file as a queue', async () => {
  const parts = fresh()
  const command = `seq 0 7 | xargs -P 3 -I{} '${process.execPath}' '${bin}' part weigh.js '${log}' --span {}/8 --out '${parts}/{}.part'`
  await promisify(execFile)('sh', ['-c', command], { cwd, env: plainEnv })
  expect(readdirSync(join(cwd, parts)).sort()).toEqual(Array.from({ length: 8 }, (_, i) => `${i}.part`))
  // As a shell would write `parts/*`.
  const merged = spawnSync('sh', ['-c', `'${process.execPath}' '${bin}' merge weigh.js '${log}' '${parts}'/*`], {
    cwd,
    env: plainEnv,
    encoding: 'utf8',
  })
  expect(merged.stderr).toBe('')
  expect(merged.stdout).toBe((await run('run', 'weigh.js', log)).stdout)
})

test('a missing span is named with the command that makes it, and that command completes the job', async () => {
  const parts = fresh()
  await makeParts(parts, 5, '-p', 'factor=2')
  rmSync(join(cwd, parts, '1.part'))
  rmSync(join(cwd, parts, '4.part'))
  const refused = await run('merge', 'weigh.js', log, parts, '-p', 'factor=2')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^onecopy: parts are missing: of \d+ chunks, \d+ to \d+, \d+ to \d+\. To make them:\n/)
  const commands = refused.stderr.split('\n').filter((line) => line.startsWith('  onecopy part '))
  expect(commands).toEqual([
    `  onecopy part weigh.js 'a log.txt' --span 1/5 --out '${parts}/1.part' --param factor=2`,
    `  onecopy part weigh.js 'a log.txt' --span 4/5 --out '${parts}/4.part' --param factor=2`,
  ])
  for (const command of commands) {
    const shell = command.trim().replace(/^onecopy/, `'${process.execPath}' '${bin}'`)
    await promisify(execFile)('sh', ['-c', shell], { cwd, env: plainEnv })
  }
  expect((await run('merge', 'weigh.js', log, parts, '-p', 'factor=2')).stdout).toBe(
    (await run('run', 'weigh.js', log, '-p', 'factor=2')).stdout,
  )
})

test('parts of different cuts: what is missing is named by its chunks', async () => {
  const parts = fresh()
  for (const [span, name] of [
    ['0/3', 'a'],
    ['7/11', 'b'],
  ] as const) {
    await run('part', 'weigh.js', log, '--span', span, '--out', join(parts, name))
  }
  await run('part', 'weigh.js', log, '--span', '50-53', '--out', join(parts, 'c'))
  const { stderr } = await run('merge', 'weigh.js', log, parts)
  const commands = stderr.split('\n').filter((line) => line.startsWith('  onecopy part '))
  expect(commands.length).toBeGreaterThan(1)
  for (const command of commands) {
    const shell = command.trim().replace(/^onecopy/, `'${process.execPath}' '${bin}'`)
    await promisify(execFile)('sh', ['-c', shell], { cwd, env: plainEnv })
  }
  expect((await run('merge', 'weigh.js', log, parts)).stdout).toBe((await run('run', 'weigh.js', log)).stdout)
})

test('doubles, empty spans and parts within parts are harmless', async () => {
  const parts = fresh()
  await makeParts(parts, 2)
  cpSync(join(cwd, parts, '0.part'), join(cwd, parts, 'again.part'))
  expect(await run('part', 'weigh.js', log, '--span', '3/10', '--out', join(parts, '00-small.part'))).toMatchObject({
    code: 0,
  })
  expect(await run('part', 'weigh.js', log, '--span', '1/100000', '--out', join(parts, 'empty.part'))).toMatchObject({
    code: 0,
  })
  // What a killed process leaves behind.
  writeFileSync(join(cwd, parts, '.1.part.0123456789ab.tmp'), 'half')
  const merged = await run('merge', 'weigh.js', log, parts, join(parts, '1.part'))
  expect(merged).toEqual(await run('run', 'weigh.js', log))
})

test('damaged parts and parts of other jobs are refused, each in one line with what differs', async () => {
  const parts = fresh()
  await makeParts(parts, 3)
  const bytes = readFileSync(join(cwd, parts, '0.part'))
  writeFileSync(join(cwd, parts, '0.part'), bytes.subarray(0, bytes.length - 3))
  writeFileSync(join(cwd, parts, '1.part'), 'no part')
  await run('part', 'weigh.js', log, '--span', '2/3', '--out', join(parts, '2.part'), '-p', 'factor=3')
  await run('part', 'other.js', log, '--span', '0/1', '--out', join(parts, '3.part'))
  await run('part', 'weigh.js', log, '--span', '0/3', '--out', join(parts, '4.part'), '--chunk-size', '32')
  const refused = await run('merge', 'weigh.js', log, parts, join(parts, 'none.part'))
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  const lines = refused.stderr.split('\n').filter((line) => line.startsWith('onecopy: '))
  expect(lines.map((line) => line.replace(/^onecopy: parts [^/]*\//, '')).sort()).toEqual([
    expect.stringMatching(/^0\.part: ERR_PART_DAMAGED: .*checksum/),
    expect.stringMatching(/^1\.part: ERR_PART_DAMAGED: .*no part/),
    expect.stringMatching(/^2\.part: ERR_PART_MISMATCH: .*other parameters/),
    expect.stringMatching(/^3\.part: ERR_PART_MISMATCH: .*plugin "other@/),
    expect.stringMatching(/^4\.part: ERR_PART_MISMATCH: .*size is 32, and here it is 16/),
    expect.stringMatching(/^none\.part: ENOENT/),
  ])
  const asJson = await run('merge', 'weigh.js', log, parts, '--json')
  expect(JSON.parse(asJson.stdout)).toMatchObject({ plugin: 'weigh', ok: false, results: [{ file: log, error: {} }] })
})

test('a copy with another modification time needs --identity', async () => {
  const parts = fresh()
  cpSync(join(cwd, log), join(cwd, parts, 'copy.txt'))
  utimesSync(join(cwd, parts, 'copy.txt'), 1000, 1000)
  const out = join(parts, 'made', 'deeper', '0.part')
  await run('part', 'weigh.js', log, '--span', '0/1', '-o', out)
  const refused = await run('merge', 'weigh.js', join(parts, 'copy.txt'), out)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.stderr).toContain('ERR_PART_MISMATCH: part: it was made of other data')
  await run('part', 'weigh.js', log, '--span', '0/1', '-o', out, '--identity', 'version 7')
  const merged = await run('merge', 'weigh.js', join(parts, 'copy.txt'), out, '--identity', 'version 7')
  expect(merged).toEqual(await run('run', 'weigh.js', log))
})

test('--seed is the same for all parts and their merge', async () => {
  const folder = fresh()
  for (const i of [0, 1]) {
    const out = join(folder, `${i}.part`)
    const made = await run('part', 'draws.js', log, '--span', `${i}/2`, '--out', out, '--seed', '7')
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
  }
  const merged = await run('merge', 'draws.js', log, folder, '--seed', '7')
  expect(merged).toEqual({ code: 0, stdout: (await run('run', 'draws.js', log, '--seed', '7')).stdout, stderr: '' })
  expect((await run('merge', 'draws.js', log, folder)).stderr).toMatch(/with another seed/)
})

test('numbers behind a header, tables and options', async () => {
  const parts = fresh()
  const options = ['--type', 'f64', '--offset', '8', '--chunk-size', '64']
  for (const i of [0, 1])
    await run('part', 'floats.js', 'floats.bin', '--span', `${i}/2`, '-o', join(parts, `${i}`), '-w', '1', ...options)
  expect(await run('merge', 'floats.js', 'floats.bin', parts, ...options)).toEqual(
    await run('run', 'floats.js', 'floats.bin', ...options),
  )
  const tables = fresh()
  await run('part', 'words.js', log, '--span', '0/1', '-o', join(tables, '0'))
  expect(await run('merge', 'words.js', log, tables, '--sort', 'key')).toEqual(
    await run('run', 'words.js', log, '--sort', 'key'),
  )
})

test('a chunk that fails is named, and no part is written', async () => {
  const parts = fresh()
  const failed = await run('part', 'boom.js', log, '--span', '0/1', '-o', join(parts, '0.part'))
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toMatch(/^onecopy: a log\.txt: ERR_CHUNK_FAILED: .*\n {2}where: .*\(chunk 40\)/)
  expect(readdirSync(join(cwd, parts))).toEqual([])
})

describe('wrong calls', () => {
  const part = ['part', 'weigh.js', log]
  const span = ['--span', '0/2']
  const out = ['--out', 'never.part']
  test.each([
    [[...part, ...out], /--span/],
    [[...part, ...span], /--out/],
    [[...part, '--span', '2/2', ...out], /Spans count from 0: expected 0\/2 to 1\/2/],
    [[...part, '--span', '1-99999', ...out], /--span: to: expected an integer/],
    [['part', 'weigh.js', '-', ...span, ...out], /parts are of a file, and not of standard input/],
    [[...part, ...span, ...out, '-p', 'none=1'], /no such parameter/],
    [['part', '', log, ...span, ...out], /expected a path/],
    [['merge', 'weigh.js', log], /missing required argument 'part'/],
    [['merge', 'weigh.js', log, 'x', '--sort', 'up'], /--sort: expected key, value or none/],
    [['run', 'weigh.js', log, log, '--resume', 'never'], /--resume takes one file/],
    [['run', 'weigh.js', log, '--resume', 'never', '--follow', 'never'], /only one of --resume and --follow/],
    [['run', 'weigh.js', log, '--verify-prefix'], /--verify-prefix is only possible with --follow/],
    [['run', 'weigh.js', '-', '--follow', 'never'], /--follow needs a file/],
    [['run', 'weigh.js', log, '--follow', ''], /expected a folder/],
  ] as const)('%j', async (args, message) => {
    const refused = await run(...args)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(message)
    expect(refused.stderr.trim().split('\n')).toHaveLength(1)
    expect(existsSync(join(cwd, 'never'))).toBe(false)
  })

  test('a file, a plugin or a folder that is not there', async () => {
    expect(await run('part', 'weigh.js', 'none.txt', ...span, ...out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.txt: cannot open it'),
    })
    expect(await run('part', 'none.js', log, ...span, ...out)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ERR_PLUGIN_LOAD'),
    })
    expect(await run('merge', 'two.js', log, 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has 2 plugins'),
    })
    const empty = await run('merge', 'weigh.js', log, fresh())
    expect(empty).toMatchObject({ code: 1 })
    expect(empty.stderr).toMatch(/parts are missing: .*\n {2}onecopy part weigh\.js 'a log\.txt' --span 0\/1 /)
  })
})

describe('onecopy run', () => {
  test('--resume goes on after SIGKILL and after ctrl-C', async () => {
    const folder = join(fresh(), 'kept')
    const args = ['run', 'slow.js', log, '--resume', folder, '-w', '1']
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const before = keptChunks(folder)
      const child = start(args, { cwd })
      const outcome = ended(child)
      // The run is at work, and more of it is kept than before.
      await expect.poll(() => keptChunks(folder), { interval: 10, timeout: 30_000 }).toBeGreaterThan(before)
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const { code, stderr } = await outcome
      if (signal === 'SIGINT') {
        expect(code).toBe(130)
        expect(stderr).toContain('; the same command goes on')
      }
    }
    const whole = await run('run', 'slow.js', log)
    expect(await run(...args)).toEqual(whole)
    expect(await run(...args)).toEqual(whole)
    const refused = await run('run', 'weigh.js', log, '--resume', folder)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(
      /^onecopy: a log\.txt: ERR_CHECKPOINT_MISMATCH: .*the plugin was slow, and now is weigh/,
    )
  })

  test('--follow computes what is new, and --verify-prefix proves the rest', async () => {
    const folder = fresh()
    const file = join(folder, 'grows.txt')
    writeFileSync(join(cwd, file), 'a\nb\n'.repeat(100))
    const follow = ['run', 'weigh.js', file, '--follow', join(folder, 'kept'), '--verify-prefix']
    for (const more of ['', 'c', 'd\n'.repeat(50)]) {
      appendFileSync(join(cwd, file), more)
      expect(await run(...follow)).toEqual(await run('run', 'weigh.js', file))
    }
    writeFileSync(join(cwd, file), 'short')
    expect(await run(...follow)).toMatchObject({ code: 1, stderr: expect.stringContaining('was truncated') })
  })
})

/** How many chunks the folder keeps, by the names of its files. */
function keptChunks(folder: string): number {
  if (!existsSync(join(cwd, folder))) return 0
  return readdirSync(join(cwd, folder)).reduce((sum, name) => {
    const [, from = '0', to = '0'] = /^(\d+)-(\d+)\.part$/.exec(name) ?? []
    return sum + Number(to) - Number(from)
  }, 0)
}
