// Starts a worker: a machine that runs spans of the plugins that it was started with.

import { statSync } from 'node:fs'
import { checkCount, checkInteger, readOptions, show } from '@onecopy/core/lane'
import { checkConnection, connect } from './redis/connection.js'
import { checkPrefix } from './redis/keys.js'
import { checkStore } from './store/choose-store.js'
import type { ClusterWorker, WorkerOptions } from './worker/contract.js'
import { Supervisor } from './worker/supervisor.js'
import { loadWorkerPlugin } from './worker/worker-plugin.js'

const known: readonly (keyof WorkerOptions)[] = [
  'connection',
  'plugins',
  'root',
  'workers',
  'spansAtOnce',
  'store',
  'name',
  'leaseMs',
  'graceMs',
  'prefix',
  'telemetry',
]

/**
 * Start a worker. It runs until `close()`. Spans are run in child processes: what ends a process does not end the worker.
 *
 * @throws {TypeError | RangeError} an option is wrong or unknown
 * @throws {OnecopyError} `ERR_CLUSTER_UNAVAILABLE`: there is no Redis or Valkey, or it is too old; `ERR_PLUGIN_LOAD`: a plugin
 *   cannot be loaded
 * @example
 * const worker = await startWorker({ connection: 'redis://queue:6379', plugins: ['./words.js'], root: '/data' })
 * process.once('SIGTERM', () => worker.close())
 */
export async function startWorker(options: WorkerOptions): Promise<ClusterWorker> {
  checkCount('startWorker', 1, arguments.length)
  const given = readOptions('options', options, known)
  checkOptions(given)
  const plugins = []
  for (const reference of given.plugins) plugins.push(await loadWorkerPlugin(reference))
  const supervisor = new Supervisor(await connect(given.connection), plugins, given)
  await supervisor.ready()
  return supervisor
}

function checkOptions({
  connection,
  plugins,
  root,
  workers,
  spansAtOnce,
  store,
  name,
  leaseMs,
  graceMs,
  prefix,
}: WorkerOptions): void {
  checkConnection(connection)
  if (!Array.isArray(plugins) || plugins.length === 0) {
    throw new TypeError(`plugins: expected a list of paths, file: URLs or packages, got ${show(plugins)}`)
  }
  if (typeof root !== 'string' || statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new TypeError(`root: expected the path of a folder, got ${show(root)}`)
  }
  if (workers !== undefined) checkInteger('workers', workers, 1, 1024)
  if (spansAtOnce !== undefined) checkInteger('spansAtOnce', spansAtOnce, 1, 64)
  checkStore(store)
  if (name !== undefined && !(typeof name === 'string' && /^[\x21-\x7e]{1,100}$/.test(name))) {
    throw new TypeError(`name: expected 1 to 100 visible ASCII characters, got ${show(name)}`)
  }
  if (leaseMs !== undefined) checkInteger('leaseMs', leaseMs, 300, 3_600_000)
  if (graceMs !== undefined) checkInteger('graceMs', graceMs, 0, 3_600_000)
  checkPrefix(prefix)
}
