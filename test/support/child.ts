// Programs of their own, for what only a whole process can show.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Run Node with `args` from the workspace's root, as a user would, until it ends. */
export function runNode(...args: string[]): Promise<Ended> {
  return runNodeOn(undefined, ...args)
}

/** The same with `input` on standard input. */
function runNodeOn(input: string | undefined, ...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    child.stdin?.end(input)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Run the text of a module, with `input` on standard input if there is any. */
export function runModule(source: string, input?: string): Promise<Ended> {
  return runNodeOn(input, '--input-type=module', '-e', source)
}
