// `onecopy check`: each law's verdict, for people and for programs.

import { expect, test } from 'vitest'
import { call, foldingText, type Outcome, pluginFolder, pluginText } from './command.js'

const cwd = pluginFolder({
  'lawful.js': pluginText('lawful', 'return bytes.length', 'reduce: sum(),'),
  // A mean of means: not the same for other chunks.
  'mean.js': pluginText('mean', 'return bytes.length', 'reduce: (left, right) => (left + right) / 2,'),
  // Wrong only for data that begins with the byte 0xee.
  'picky.js': pluginText(
    'picky',
    'return chunk.params.on && bytes[0] === 0xee ? Math.random() : 0',
    'params: { on: false }, reduce: sum(),',
  ),
  'folds.js': foldingText('folds', 'sum()', 'return acc + bytes.length'),
  'keeps.js': foldingText(
    'keeps',
    '{ init: () => [], merge: (a, b) => [...a, ...b], finish: (all) => all.map((each) => [...each]).flat() }',
    'return [...acc, bytes]',
  ),
  'waits.js': pluginText('waits', 'return new Promise(() => {})', 'reduce: sum(),'),
  'loops.js': pluginText('loops', 'for (;;);', 'reduce: sum(),'),
  'loops-later.js': pluginText(
    'loops-later',
    'return bytes.length',
    'reduce: { init: () => 0, add: (a, b) => a + b, merge(a, b) { for (; a > 3; ); return a + b } },',
  ),
  'catches.js': pluginText('catches', 'for (;;) try { JSON.parse("{") } catch {}', 'reduce: sum(),'),
  'throws.js': pluginText('throws', "throw new Error('not yet')", 'reduce: sum(),'),
  'sample.txt': 'some words\n',
  'adds-names.js': `const names = 'path min minLength seed value get numRuns source counterexample random workers header usualCause reason'
for (const name of names.split(' ')) Object.prototype[name] = 50
${pluginText('adds-names', 'return bytes.length', 'reduce: sum(),')}`,
  'leaves.js': pluginText('leaves', 'process.exit(0)'),
  'broken.js': "throw new Error('not today')",
})

const check = (...args: string[]): Promise<Outcome> => call(['check', ...args], { cwd })

test('a plugin that keeps the laws: each with a mark, exit code 0', async () => {
  const { code, stdout, stderr } = await check('lawful.js', '--runs', '20')
  expect(code).toBe(0)
  expect(stderr).toMatch(/^The data was made up\. [^\n]+: onecopy check lawful\.js FILE\n$/)
  expect(stdout).toMatch(/^lawful: no law is broken \(\d+ cases, seed \d+\)\n\n/)
  expect(stdout).toMatch(/\n✓ associative +merge\(merge\(a, b\), c\) equals/)
  expect(stdout).toMatch(/\n– commutative .*\n +not checked: /)
})

test('a broken law: a case, the usual cause, how to see it again, exit code 1', async () => {
  const { code, stdout } = await check('mean.js')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^mean: [1-9] laws? (is|are) broken/)
  expect(stdout).toMatch(/\n✗ associative .*\n +but .* in chunks of \d+\n +usually: .*mean of means/)
  const [, seed = ''] = /The same cases again: --seed (\d+)\n$/.exec(stdout) ?? []
  // How far a case is made smaller depends on the time that there is; which laws are broken does not.
  const again = await check('mean.js', '--seed', seed)
  expect(again.stdout).toContain(`seed ${seed})`)
  expect(again.stdout.match(/^✗ [\w-]+/gm)).toEqual(stdout.match(/^✗ [\w-]+/gm))
})

test('--json is the report', async () => {
  const { code, stdout } = await check('mean.js', '--json', '--seed', '7')
  expect(code).toBe(1)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ plugin: 'mean', ok: false, seed: 7, cases: expect.any(Number) })
  expect(report.laws.find(({ law }: { law: string }) => law === 'associative')).toMatchObject({
    status: 'broken',
    counterexample: { data: expect.any(Array), chunkSize: expect.any(Number), text: expect.any(String) },
    usualCause: expect.any(String),
  })
})

test('--except leaves a law out, with its reason', async () => {
  const laws = ['associative', 'chunk-size', 'borders', 'workers', 'identity']
  const { code, stdout } = await check('mean.js', ...laws.flatMap((law) => ['--except', `${law}=a mean, and we know`]))
  expect(stdout).toMatch(/– associative .*\n +not checked: a mean, and we know/)
  expect(code).toBe(0)
})

test('FILE and --param are what the laws are tried on', async () => {
  expect((await check('picky.js', '--param', 'on=true', 'sample.txt')).code).toBe(0)
  const bytes = Uint8Array.of(0xee, 0xee, 0xee)
  const outcome = await call(['check', 'picky.js', '-', '--param', 'on=true'], { cwd, input: bytes })
  expect(outcome.code).toBe(1)
  expect(outcome.stdout).toMatch(/✗ deterministic/)
  expect((await call(['check', 'picky.js', '-'], { cwd, input: bytes })).code).toBe(0)
})

test('a plugin that always throws: no law could be checked, exit code 1', async () => {
  const { code, stdout } = await check('throws.js', '--runs', '5')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^throws: no law could be checked \(/)
})

test('a plugin that never settles: an error that says so, exit code 1', async () => {
  const { code, stdout, stderr } = await check('waits.js', '--timeout', '50')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^onecopy: Error: plugin "waits": a run over the data .* did not settle in 50 ms\. Usually: [^\n]+\n$/,
  )
})

test.each([['loops'], ['loops-later'], ['catches']])('a loop without end is ended: %s', async (name) => {
  const { code, stdout, stderr } = await check(`${name}.js`, '--timeout', '500')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    new RegExp(`^onecopy: plugin "${name}": a run did not come back in 500 ms\\. Usually: [^\\n]+--timeout[^\\n]+\\n$`),
  )
})

test('slow is not without end: a case may take as long as --timeout says', async () => {
  const folder = pluginFolder({
    'slow.js': pluginText('slow', 'for (const end = Date.now() + 20; Date.now() < end; ); return 1', 'reduce: sum(),'),
  })
  const { code, stdout } = await call(['check', 'slow.js', '--runs', '2', '--seed', '1', '--timeout', '5000'], {
    cwd: folder,
  })
  expect(stdout).toMatch(/^slow: /)
  expect(code).toBe(1)
})

test.each([
  ['broken.js', [], null, /not today/],
  ['missing.js', [], null, /there is no plugin/],
  ['leaves.js', [], 'leaves', /process\.exit/],
  ['loops.js', ['--timeout', '500'], 'loops', /did not come back/],
  ['waits.js', ['--timeout', '50'], 'waits', /did not settle/],
  ['lawful.js', ['missing.txt'], 'lawful', /missing\.txt/],
])('--json has a document whatever fails: %s', async (plugin, args, name, why) => {
  const { code, stdout, stderr } = await check(plugin, ...args, '--json')
  expect(code).toBe(1)
  expect(stderr).toMatch(why)
  expect(JSON.parse(stdout)).toMatchObject({
    plugin: name,
    ok: false,
    cases: 0,
    laws: [],
    error: { message: expect.stringMatching(why) },
  })
})

test.each([
  ['no plugin', [], /missing required argument 'plugin'/],
  ['an unknown law', ['lawful.js', '--except', 'nope=x'], /nope/],
  ['an exception without a reason', ['lawful.js', '--except', 'identity'], /expected law=reason/],
  ['no cases', ['lawful.js', '--runs', '0'], /--runs/],
  ['no time', ['lawful.js', '--timeout', '0'], /--timeout/],
  ['a fraction of a millisecond', ['lawful.js', '--timeout', '0.5'], /--timeout/],
  ['more time than timers take', ['lawful.js', '--timeout', '2147483648'], /--timeout/],
  ['cases that are no number', ['lawful.js', '--runs', '1e3'], /--runs/],
  ['a seed below 0', ['lawful.js', '--seed', '-1'], /--seed/],
  ['a seed that is none', ['lawful.js', '--seed', 'x'], /--seed/],
  ['an unknown parameter', ['picky.js', '--param', 'of=1'], /no such parameter/],
])('%s: one line with a hint, exit code 2', async (_, args, why) => {
  const { code, stdout, stderr } = await check(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^onecopy: [^\n]+ \(see onecopy check --help\)\n$/)
  expect(stderr).toMatch(why)
})

test('what cannot be loaded or opened: exit code 1', async () => {
  expect(await check('broken.js')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/not today/) })
  expect(await check('lawful.js', 'missing')).toMatchObject({
    code: 1,
    stderr: 'onecopy: missing: cannot open it: no such file or directory (ENOENT)\n',
  })
})

test('a plugin that ends the process is no success', async () => {
  const { code, stdout, stderr } = await check('leaves.js')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^onecopy: the process ended while leaves\.js was checked: it calls process\.exit/)
})

test('a plugin that folds: the laws of folds, and a fold that keeps a view of its bytes', async () => {
  const lawful = await check('folds.js', '--runs', '20')
  expect(lawful.code, lawful.stdout).toBe(0)
  expect(lawful.stdout).toMatch(/\n✓ own-bytes +the accumulator keeps no view/)
  expect(lawful.stdout).toMatch(/\n✓ folding +fold\(fold\(init\(\), a\), b\) equals/)
  const keeps = await check('keeps.js')
  expect(keeps.code).toBe(1)
  expect(keeps.stdout).toMatch(
    /\n✗ own-bytes .*\n +but .* after bytes was overwritten .*\n +usually: .*bytes\.slice\(\)/,
  )
})

test('a plugin whose module adds names to all objects, some of which fast-check and Node read as options', async () => {
  const { code, stdout, stderr } = await check('adds-names.js', '--runs', '100', '--seed', '1')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const plain = await check('lawful.js', '--runs', '100', '--seed', '1')
  const verdicts = (text: string): string[] => text.match(/^[✓✗–] .*/gm) ?? []
  expect(verdicts(stdout)).toEqual(verdicts(plain.stdout))
})
