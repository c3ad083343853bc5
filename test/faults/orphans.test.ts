// What is left of an engine with processes: nothing, neither processes nor files, however the program ends.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createEngine, fixed, share, sum } from '@onecopy/node'
import { expect, test } from 'vitest'

/** The folders of engines of process `pid`. */
function foldersOf(pid: number): string[] {
  const names = ['/dev/shm', tmpdir()].flatMap((base) => {
    try {
      return readdirSync(base)
    } catch {
      // Not every system has the first one.
      return []
    }
  })
  return names.filter((name) => name.startsWith('onecopy-') && name.split('-')[2] === String(pid))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('close() removes the files, and ends the processes', async () => {
  const before = foldersOf(process.pid).length
  const engine = createEngine({ isolation: 'process', workers: 1 })
  const [pid] = await engine.map(share('a'), () => process.pid)
  expect(foldersOf(process.pid).length).toBeGreaterThan(before)
  await engine.close()
  expect(foldersOf(process.pid)).toHaveLength(before)
  expect(isRunning(pid!)).toBe(false)
})

test('processes end when their program is killed, and the next engine removes its files', async () => {
  const program = spawn(process.execPath, [fileURLToPath(new URL('orphans-program.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(program.stdout!), 'line')
  const { pid, workers } = JSON.parse(line) as { pid: number; workers: number[] }
  expect(workers.map(isRunning)).toEqual([true, true])
  program.kill('SIGKILL')
  await once(program, 'exit')
  expect(foldersOf(pid)).not.toEqual([])
  // Ends when both are gone; else the test takes too long.
  while (workers.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 20))
  const engine = createEngine({ isolation: 'process', workers: 1 })
  expect(foldersOf(pid)).toEqual([])
  await engine.close()
})

test('memory is written for each run: what was changed since the last one is seen', async () => {
  const engine = createEngine({ isolation: 'process', workers: 2 })
  const data = share(new Uint8Array(100).fill(1))
  const run = () =>
    engine.map(data, (bytes) => bytes.reduce((a, b) => a + b, 0), { chunks: fixed({ size: 7 }) }).reduce(sum())
  expect(await run()).toBe(100)
  data.view().fill(3)
  expect(await run()).toBe(300)
  await engine.close()
})

test.each([
  [{ isolation: 'fiber' }, /isolation: expected 'thread' or 'process', got "fiber"/],
  [{ heapMiB: 0 }, /heapMiB: expected an integer >= 1, got 0/],
])('createEngine(%j) is refused', (options, message) => {
  expect(() => createEngine(options as never)).toThrow(message)
})
