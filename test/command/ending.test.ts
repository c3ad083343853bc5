// How the command ends before its time: by ctrl-C, by SIGTERM, and by a reader that leaves.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bin, ended, type Outcome, plainEnv, pluginFolder, pluginText, start } from './command.js'

const cwd = pluginFolder({
  // Each chunk says that it is at work, and goes on until the run is cancelled.
  'waits.js': pluginText(
    'waits',
    `console.error('at work'); return new Promise((resolve) => {
       const timer = setInterval(() => { if (chunk.cancelled) { clearInterval(timer); resolve(0) } }, 5) })`,
    'reduce: sum(),',
  ),
  'deaf.js': pluginText('deaf', "process._rawDebug('at work'); for (;;);", 'reduce: sum(),'),
  'sleeps.js': `import { execFileSync } from 'node:child_process'
${pluginText('sleeps', "process._rawDebug('at work'); execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 10_000)'])", 'reduce: sum(),')}`,
  'listens.js': `process.on('SIGINT', () => {})
${pluginText('listens', "process._rawDebug('at work'); for (;;);", 'reduce: sum(),')}`,
  'noisy.js': pluginText(
    'noisy',
    "for (let i = 0; i < 50; i++) console.log('x'.repeat(1000)); return bytes.length",
    'chunks: fixed({ size: 100 }), reduce: sum(),',
  ),
  'never-finishes.js': stuck('finish() { SAY; for (;;); }'),
  'never-merges.js': stuck('merge(left) { if (!isMainThread) return left; SAY; for (;;); }'),
  // Says so when the turn of the event loop in which it merged is over.
  'merges-and-waits.js': stuck(
    `merge(left) { if (isMainThread) setImmediate(() => setImmediate(() => { SAY })); return left }, finish: () => 0`,
    `if (chunk.index === 2) return new Promise((resolve) => {
       const timer = setInterval(() => { if (chunk.cancelled) { clearInterval(timer); resolve(0) } }, 5) })`,
  ),
  'never-cuts.js': `import { writeSync } from 'node:fs'
${pluginText('never-cuts', 'return 1', "chunks() { writeSync(2, 'at work'); for (;;); },")}`,
  'never-prints.js': stuck('finish: () => ({ get n() { SAY; for (;;); } })'),
  'listens-and-never-finishes.js': `process.on('SIGINT', () => {})
${stuck('finish() { SAY; for (;;); }')}`,
  'large.bin': new Uint8Array(20_000),
  'never-loads.js': "process._rawDebug('at work'); for (;;);",
  'leaves.mjs': 'process.exit(0)',
  'awaits.mjs': 'await new Promise(() => {})',
  // Its results are so large that the main thread reduces all the time.
  'adds.js': pluginText(
    'adds',
    "if (chunk.index === 50) process._rawDebug('at work'); return new Float64Array(100_000)",
    'chunks: fixed({ size: 4 }), reduce: sumArrays(),',
  ),
  'size.js': pluginText('size', 'return bytes.length', 'reduce: sum(),'),
  'same.js': pluginText('same', 'return new Uint8Array(1e6)', 'chunks: fixed({ size: 100 }),'),
  'long.js': pluginText('long', 'return new Float64Array(1e6)', 'reduce: (left) => left,'),
  'a.txt': 'some text',
  'b.txt': 'more text',
})

/**
 * A module with a plugin whose reducer has `member`, in which `SAY` says that it is at work. Its results are so large that a lane
 * hands over each one alone: so the main thread merges.
 */
function stuck(member: string, body = ''): string {
  const reduce = `{ init: () => 0, add: (_, result) => result, merge: (left) => left, ${member.replace('SAY', "writeSync(2, 'at work')")} }`
  return `import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
${pluginText('stuck', `${body}; return new Uint8Array(7e7)`, `chunks: fixed({ size: 4 }), reduce: ${reduce},`)}`
}

/** Wait for the first output that contains `text`. */
function says(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    child.stderr!.on('data', (data) => {
      if (String(data).includes(text)) resolve()
    })
  })
}

async function interrupted(signal: NodeJS.Signals, args: readonly string[]) {
  const child = start(['run', ...args], { cwd })
  const outcome = ended(child)
  await says(child, 'at work')
  child.kill(signal)
  return await outcome
}

// Windows has no signals to send: there, `kill` ends the process at once.
describe.skipIf(process.platform === 'win32')('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels the run, tells how far it was, and exits with %i', async (signal, exitCode) => {
    const { code, stdout, stderr } = await interrupted(signal, ['waits.js', 'a.txt', 'b.txt'])
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toMatch(
      /onecopy: cancelled after .*, at a\.txt: 0 bytes of 9 bytes done \(0 %\); 0 of 2 files finished/,
    )
    expect(stderr).not.toMatch(/Error|^ +at /m)
  })

  test('a ready-made reducer never gets in the way of a signal', async () => {
    const all = Array.from({ length: 8 }, () => interrupted('SIGINT', ['adds.js', 'large.bin', '--workers', '2']))
    for (const { code, stderr } of await Promise.all(all)) {
      expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('cancelled after') })
    }
  })

  test('a chunk that does not listen is ended with its thread', async () => {
    expect((await interrupted('SIGINT', ['deaf.js', 'a.txt'])).code).toBe(130)
  })

  test('with --json the document is whole, and says that it was cancelled', async () => {
    const { code, stdout } = await interrupted('SIGINT', ['waits.js', 'a.txt', '--json'])
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ results: [], ok: false, cancelled: true })
  })

  test('while a plugin is loaded, also by one that never ends', async () => {
    const child = start(['run', 'never-loads.js', 'a.txt'], { cwd })
    const closed = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))
    await says(child, 'at work')
    child.kill('SIGINT')
    // To a shell this is 130 as well.
    expect(await closed).toBe('SIGINT')
  })

  test('while standard input is read', async () => {
    const child = start(['run', 'size.js', '-'], { cwd })
    const outcome = ended(child)
    // More than a pipe holds: when all is written, some has been read.
    await new Promise((resolve) => child.stdin!.write(new Uint8Array(2 ** 20), resolve))
    child.kill('SIGINT')
    const { code, stdout } = await outcome
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  })

  test('while a pipe is read to which nobody writes', async () => {
    const pipe = join(cwd, 'pipe')
    execFileSync('mkfifo', [pipe])
    const child = start(['run', 'size.js', 'pipe'], { cwd })
    const outcome = ended(child)
    // Opens when the other end is open as well.
    const writer = await open(pipe, 'w')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await outcome
    await writer.close()
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toBe('onecopy: cancelled before the run began, at pipe\n')
  })

  test.each([
    ['SIGINT', 'finish', 'never-finishes.js', []],
    ['SIGTERM', 'finish', 'never-finishes.js', []],
    ['SIGINT', 'merge', 'never-merges.js', []],
    ['SIGTERM', 'merge', 'never-merges.js', []],
    ['SIGINT', 'chunks', 'never-cuts.js', []],
    ['SIGTERM', 'a getter', 'never-prints.js', ['--json']],
    ['SIGINT', 'finish, of a plugin that listens for signals', 'listens-and-never-finishes.js', []],
  ] as const)('a %s ends code in the main thread that never returns: %s', async (signal, _, plugin, options) => {
    const child = start(['run', plugin, 'a.txt', '--workers', '1', ...options], { cwd })
    const closed = new Promise((resolve) => child.on('exit', (...how) => resolve(how)))
    await says(child, 'at work')
    child.kill(signal)
    child.kill(signal)
    // To a shell this is 130 or 143 as well.
    expect(await closed).toEqual([null, signal])
  })

  test('a signal that comes when code in the main thread has returned cancels the run as usual', async () => {
    const child = start(['run', 'merges-and-waits.js', 'a.txt', '--workers', '1'], { cwd })
    const outcome = ended(child)
    await says(child, 'at work')
    child.kill('SIGINT')
    expect((await outcome).code).toBe(130)
  })

  test.each([
    ['SIGINT', 'a chunk that does not listen', 'deaf.js'],
    ['SIGTERM', 'a chunk that does not listen', 'deaf.js'],
    // No thread can be ended while it is in a call of the system.
    ['SIGINT', 'a chunk that waits for a child process', 'sleeps.js'],
    ['SIGTERM', 'a chunk that waits for a child process', 'sleeps.js'],
    ['SIGINT', 'a plugin that listens for signals itself', 'listens.js'],
  ] as const)('a second %s ends it at once: %s', async (signal, _, plugin) => {
    const child = start(['run', plugin, 'a.txt'], { cwd })
    const closed = new Promise((resolve) => child.on('exit', (...how) => resolve(how)))
    await says(child, 'at work')
    // The first one may still be on its way when the second one comes: then the system has delivered one of them alone.
    const timer = setInterval(() => child.kill(signal), 20)
    // To a shell this is 130 or 143 as well.
    expect(await closed).toEqual([null, signal])
    clearInterval(timer)
  })
})

test.each([
  ['run', ['run', 'long.js', 'a.txt', 'b.txt', '--json']],
  ['run for people', ['run', 'size.js', 'a.txt', 'b.txt']],
  ['run for a file of results', ['run', 'same.js', 'large.bin', '--out', '-']],
  ['list', ['list', '--json']],
  ['help', ['run', '--help']],
])('a reader that leaves early is no error: %s', async (_, args) => {
  const child = start(args, { cwd }, ['ignore', 'pipe', 'pipe'])
  child.stdout!.destroy()
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(stderr).not.toMatch(/EPIPE|Error:/)
  expect(code).toBe(0)
})

describe.skipIf(process.platform === 'win32')('a reader that leaves while a plugin prints (needs a shell)', () => {
  test('both outputs go to it: the command ends, and that is no error', async () => {
    const { code, stdout } = await inShell('run noisy.js large.bin 2>&1 | head -c 10')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'xxxxxxxxxx0\n' })
  })

  test('standard error alone goes to it: the answer comes all the same', async () => {
    const { code, stdout } = await inShell('run noisy.js large.bin 2> >(head -c 10 >&3) 3>/dev/null')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '20,000\n0\n' })
  })

  test('a check prints its report all the same', async () => {
    const { code, stdout } = await inShell('check noisy.js large.bin --runs 2 2> >(head -c 10 >&3) 3>/dev/null')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/no law is broken.*\n0\n$/s) })
  }, 20_000)

  /** Standard output; the last line is the exit code of the command itself. */
  function inShell(command: string): Promise<Outcome> {
    const script = `"$0" "$1" ${command}; echo "\${PIPESTATUS[0]}"`
    return ended(spawn('bash', ['-c', script, process.execPath, bin], { cwd, env: plainEnv }))
  }
})

// Elsewhere there is no device that is always full.
test.skipIf(process.platform !== 'linux').each([
  ['run', ['run', 'size.js', 'a.txt']],
  ['run, a long document', ['run', 'long.js', 'a.txt', 'b.txt', '--json']],
  ['list', ['list', 'size.js']],
  ['check', ['check', 'size.js', '--runs', '1']],
  ['help', ['run', '--help']],
])('an answer that cannot be written is no success: %s', async (_, args) => {
  const full = openSync('/dev/full', 'w')
  const { code, stderr } = await ended(start(args, { cwd }, ['ignore', full, 'pipe']))
  closeSync(full)
  expect(stderr).toContain('onecopy: cannot write to standard output: ENOSPC')
  expect(code).toBe(1)
})

test.each(['leaves.mjs', 'awaits.mjs'])(
  'run --json has a document also if the module ends the process: %s',
  async (name) => {
    const { code, stdout } = await ended(start(['run', `./${name}`, 'a.txt', '--json'], { cwd }))
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      plugin: null,
      ok: false,
      error: { message: expect.stringMatching(/process\.exit/) },
    })
  },
)

test.each([
  ['run', 'leaves.mjs', ['run', './leaves.mjs', 'a.txt']],
  ['run', 'awaits.mjs', ['run', './awaits.mjs', 'a.txt']],
  ['check', 'leaves.mjs', ['check', './leaves.mjs']],
  ['list', 'leaves.mjs', ['list', './leaves.mjs']],
])('a module that ends the process as it is loaded is no success: %s %s', async (_, name, args) => {
  const { code, stdout, stderr } = await ended(start(args, { cwd }))
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^onecopy: the process ended while \\./${name} was loaded: .*process\\.exit`))
})
