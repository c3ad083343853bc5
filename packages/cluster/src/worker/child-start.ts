// What a worker's child process is told when it is started.

import type { PluginReference } from './worker-plugin.js'

/** The environment variable that carries {@link ChildStart}. */
export const childVariable = 'ONECOPY_CLUSTER_CHILD'

/** What the child process has to know. */
export interface ChildStart extends PluginReference {
  readonly root: string
  /** Threads of the engine; undefined: one per core. */
  readonly workers?: number | undefined
  readonly graceMs?: number | undefined
}

/** What this process was told. */
export function readChildStart(): ChildStart {
  const text = process.env[childVariable]
  if (text === undefined) throw new Error('this module is the child process of a cluster worker; call startWorker()')
  return JSON.parse(text)
}
