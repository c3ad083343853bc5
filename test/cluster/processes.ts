// The child processes of a process.

import { spawnSync } from 'node:child_process'

/** The ids of a process's children. */
export function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!)
}

/** Resolves when there is no such process any more. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      // That there is no such process is the answer.
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
