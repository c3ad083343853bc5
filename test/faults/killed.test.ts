// SIGKILL at random moments of a run that keeps its parts. It goes on, each time on another number of workers.
//
// KILLS=n sets how often it is killed, SEED=n repeats a round.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { file, lines, sequential } from '@onecopy/node'
import { expect, test } from 'vitest'
import { keptList, keptSum } from '../plugins/kept.js'
import { createRandom, randomBytes } from '../support/bytes.js'
import { tempDir } from '../support/temp-dir.js'

const kills = Number(process.env.KILLS ?? 12)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const program = fileURLToPath(new URL('killed-program.js', import.meta.url))
const folder = mkdtempSync(join(tempDir(), 'a folder '))
const data = join(folder, 'data.txt')
const parts = join(folder, 'parts')
const log = join(folder, 'chunks.log')

test(`a run that is killed ${kills} times ends with the same bits (seed ${seed})`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  const random = createRandom(seed)
  writeFileSync(
    data,
    Uint8Array.from(randomBytes(6000, 3), (byte) => (byte < 20 ? 10 : byte)),
  )
  const chunker = lines({ size: 50 })
  const answer = await sequential().run(file(data), keptSum, { params: { chunker } })
  const expected = `answer ${Buffer.from(Float64Array.of(answer).buffer).toString('hex')}`
  // A chunk in which no line starts is not run.
  const cut = await sequential().run(file(data), keptList, { params: { chunker } })
  const owning = cut.map(({ start }) => Math.floor(start / 50))
  let killed = 0
  let ended = 0
  while (killed < kills) {
    const isKilled = await runOnce(1 + Math.floor(random() * 4), {
      // A part of the kills comes while the program loads, and a part while it works.
      isEarly: random() < 0.2,
      afterMs: random() ** 2 * 250,
    })
    if (isKilled) killed++
    else ended++
  }
  await runOnce(2, undefined)
  console.log(`killed ${killed} times; ${ended} runs ended before they could be killed`)

  /** Go on with the run, and perhaps kill it. Returns whether that came before its end. */
  async function runOnce(workers: number, kill: { isEarly: boolean; afterMs: number } | undefined): Promise<boolean> {
    const kept = existsSync(parts) ? keptChunks() : new Set<number>()
    writeFileSync(log, '')
    const child = spawn(process.execPath, [program, data, parts, log, String(workers)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    let said = ''
    const begun = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        resolve()
      })
      child.once('close', resolve)
    })
    if (kill !== undefined) {
      if (!kill.isEarly) await begun
      // Not a wait for anything: the moment of the kill shall be any.
      await setTimeout(kill.afterMs)
      killIfAlive(child)
    }
    const [, signal] = await closed
    const ran = readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number)
    expect(ran.filter((chunk) => kept.has(chunk))).toEqual([])
    if (signal === 'SIGKILL') return true
    expect(child.exitCode).toBe(0)
    expect(said.split('\n')).toContain(expected)
    expect(ran.sort((a, b) => a - b)).toEqual(owning.filter((chunk) => !kept.has(chunk)))
    expect(keptChunks().size).toBe(120)
    rmSync(parts, { recursive: true })
    return false
  }
})

function killIfAlive(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGKILL')
}

/** The chunks in the files of the folder, by the files' names. */
function keptChunks(): Set<number> {
  const chunks = new Set<number>()
  for (const name of readdirSync(parts)) {
    const [, from, to] = /^(\d+)-(\d+)\.part$/.exec(name) ?? []
    for (let chunk = Number(from); chunk < Number(to); chunk++) chunks.add(chunk)
  }
  return chunks
}
