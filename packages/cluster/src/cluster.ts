// Makes a cluster: what sends jobs to all workers that share a Redis or Valkey.

import { randomUUID } from 'node:crypto'
import { OnecopyError, type TypedArray } from '@onecopy/core'
import { createEmitter } from '@onecopy/core/host'
import { checkCount, readOptions, show } from '@onecopy/core/lane'
import { type AnyPlugin, digestPlugin, type FileData } from '@onecopy/node'
import { type AnyClusterOptions, readAttachOptions, readRunOptions } from './coordinator/check-options.js'
import type {
  AttachOptions,
  Cluster,
  ClusterOptions,
  ClusterRun,
  ClusterRunEvents,
  ClusterRunOptions,
  Submitted,
} from './coordinator/contract.js'
import { Coordinator, type CoordinatorSetup } from './coordinator/coordinator.js'
import { RunHandle } from './coordinator/run-handle.js'
import { checkData, checkPlugin, describeJob, reopenJob } from './coordinator/run-job.js'
import { RunLoop } from './coordinator/run-loop.js'
import { RunProgress } from './coordinator/run-progress.js'
import { SpanQueue } from './coordinator/span-queue.js'
import { checkConnection, connect } from './redis/connection.js'
import { checkPrefix, checkRunId, defaultPrefix, queueName } from './redis/keys.js'
import { explainRefusal } from './redis/refused.js'
import { RunRecord } from './redis/run-record.js'
import { checkStore, chooseStore } from './store/choose-store.js'

/**
 * Make a cluster. It connects for each run, and needs no end.
 *
 * @throws {TypeError} an option is wrong or unknown
 * @example
 * const cluster = createCluster({ connection: 'redis://queue:6379', root: '/data' })
 * const words = await cluster.run(file('/data/huge.log'), countWords, { runId: 'nightly' })
 */
export function createCluster(options: ClusterOptions): Cluster {
  checkCount('createCluster', 1, arguments.length)
  const given = readOptions('options', options, ['connection', 'root', 'store', 'prefix', 'telemetry'])
  const { connection, root, store, prefix } = given
  checkConnection(connection)
  if (root !== undefined && typeof root !== 'string') throw new TypeError(`root: expected a path, got ${show(root)}`)
  checkStore(store)
  checkPrefix(prefix)
  // `as`: the types of data, plugin and options are passed on as they are.
  return new RedisCluster(given) as Cluster
}

class RedisCluster {
  readonly #options: ClusterOptions
  readonly #prefix: string

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#prefix = options.prefix ?? defaultPrefix
  }

  run(data: FileData<TypedArray>, plugin: unknown, options?: AnyClusterOptions): ClusterRun<unknown> {
    checkCount('run', 3, arguments.length)
    checkData(data)
    checkPlugin(plugin)
    const given = readRunOptions(options)
    const { root } = this.#options
    // It checks all that a caller can do wrong, at once and not when the run begins.
    describeJob(data, plugin, given, { digest: '', root })
    const run = given.runId ?? randomUUID().slice(0, 13)
    return this.#handle(run, given.runId !== undefined, given, async () => {
      const digest = await digestPlugin(plugin.url)
      return { job: describeJob(data, plugin, given, { digest, root }), queue: queueName(plugin.name, digest) }
    })
  }

  async submit(data: FileData<TypedArray>, plugin: unknown, options?: AnyClusterOptions): Promise<Submitted> {
    checkCount('submit', 3, arguments.length)
    checkData(data)
    checkPlugin(plugin)
    const given = readRunOptions(options)
    const { connection, root, store, telemetry } = this.#options
    const digest = await digestPlugin(plugin.url)
    const job = describeJob(data, plugin, given, { digest, root })
    const runId = given.runId ?? randomUUID().slice(0, 13)
    const redis = await connect(connection)
    try {
      const prefix = this.#prefix
      const events = createEmitter<ClusterRunEvents>([])
      const loop = new RunLoop(redis, {
        run: runId,
        queue: queueName(plugin.name, digest),
        prefix,
        job,
        options: given,
        store: chooseStore(store, redis, prefix),
        telemetry,
        events,
        progress: new RunProgress(job, events),
      })
      try {
        return { runId, spans: await loop.submit() }
      } finally {
        await loop.close()
      }
    } catch (error) {
      throw explainRefusal(error, redis)
    } finally {
      redis.disconnect()
    }
  }

  attach(run: string, plugin: AnyPlugin, options?: AttachOptions): ClusterRun<unknown> {
    checkCount('attach', 3, arguments.length)
    checkRunId(run)
    checkPlugin(plugin)
    const { root } = this.#options
    return this.#handle(run, true, readAttachOptions(options), async (redis) => {
      const state = await new RunRecord(redis, this.#prefix, run).read()
      if (state === undefined)
        throw new OnecopyError('ERR_CLUSTER_UNAVAILABLE', `there is no run ${run}: it has ended, or never began`)
      const digest = await digestPlugin(plugin.url)
      return { job: reopenJob(state.job, plugin, { digest, root }), queue: queueName(plugin.name, digest) }
    })
  }

  async cancel(run: string): Promise<boolean> {
    checkCount('cancel', 1, arguments.length)
    checkRunId(run)
    const redis = await connect(this.#options.connection)
    try {
      const record = new RunRecord(redis, this.#prefix, run)
      const state = await record.read()
      if (state === undefined || !(await record.cancel())) return false
      const queue = new SpanQueue(redis, this.#prefix, state.queue, '')
      await queue.cancel(run)
      await queue.cancelRun(run)
      await queue.close()
      return true
    } catch (error) {
      throw explainRefusal(error, redis)
    } finally {
      redis.disconnect()
    }
  }

  #handle(
    run: string,
    isNamed: boolean,
    options: ClusterRunOptions,
    prepare: CoordinatorSetup['prepare'],
  ): ClusterRun<unknown> {
    const { connection, store, telemetry } = this.#options
    const setup = { run, isNamed, options, prepare, connection, store, telemetry, prefix: this.#prefix }
    return new RunHandle(run, (events) => new Coordinator({ ...setup, events }))
  }
}
