// The machines of a test's cluster: workers in processes of their own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from '@onecopy/cluster'
import { afterAll } from 'vitest'

const programs = {
  worker: fileURLToPath(new URL('./worker-program.js', import.meta.url)),
  coordinator: fileURLToPath(new URL('./coordinator-program.js', import.meta.url)),
}

/** What a machine says. */
export interface MachineEvent {
  readonly event: 'ready' | 'spanStart' | 'spanEnd' | 'note' | 'closed' | 'span' | 'answer'
  readonly answer?: number
  readonly name?: string
  readonly from?: number
  readonly to?: number
  readonly run?: string
  readonly error?: string
  readonly text?: string
}

/** A worker or coordinator in a process of its own. */
export interface Machine {
  readonly child: ChildProcess
  /** What it has said so far. */
  readonly events: readonly MachineEvent[]
  /** Resolves with the first event that fits, of those that were or will be said. Rejects if the process ends before. */
  saw(fits: (event: MachineEvent) => boolean): Promise<MachineEvent>
  /** Send a signal, and wait for the end of the process. */
  end(signal?: NodeJS.Signals): Promise<void>
}

const live = new Set<Machine>()
afterAll(async () => {
  await Promise.all([...live].map((machine) => machine.end('SIGKILL')))
})

/** Start a machine, and wait until it takes spans. It ends with the test file. */
export async function startMachine(options: WorkerOptions): Promise<Machine> {
  const machine = startProgram('worker', { leaseMs: 1500, workers: 1, graceMs: 100, ...options })
  await machine.saw(({ event }) => event === 'ready')
  return machine
}

/** Start one of the programs. It ends with the test file. */
export function startProgram(name: keyof typeof programs, options: object): Machine {
  const child = spawn(process.execPath, [programs[name], JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const events: MachineEvent[] = []
  const waiting = new Set<() => void>()
  createInterface(child.stdout).on('line', (line) => {
    // Plugins may print too.
    if (line.startsWith('{')) events.push(JSON.parse(line))
    for (const look of waiting) look()
  })
  const exited = once(child, 'exit')
  const saw = (fits: (event: MachineEvent) => boolean): Promise<MachineEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(fits)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      exited.then(([code, signal]) => reject(new Error(`the process ended (${code ?? signal}): ${stderr}`)))
    })
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    live.delete(machine)
    child.kill(signal)
    await exited
  }
  const machine: Machine = { child, events, saw, end }
  live.add(machine)
  return machine
}
