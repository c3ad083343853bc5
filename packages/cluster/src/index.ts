/**
 * onecopy on many machines: one job, cut into spans that workers take from a queue in Redis or Valkey.
 *
 * @example
 * import { createCluster } from '@onecopy/cluster'
 * import { file } from '@onecopy/node'
 * import { countWords } from 'my-plugins'
 *
 * const cluster = createCluster({ connection: 'redis://queue:6379', root: '/data' })
 * const words = await cluster.run(file('/data/huge.log'), countWords)
 *
 * @module
 */

export { createCluster } from './cluster.js'
export type {
  AttachOptions,
  Cluster,
  ClusterOptions,
  ClusterRun,
  ClusterRunEvents,
  ClusterRunOptions,
  SpanDone,
  Submitted,
} from './coordinator/contract.js'
export type { IdentityKind } from './jobs/contract.js'
export type { ClusterConnection } from './redis/connection.js'
export type { PartStore } from './store/contract.js'
export type { ClusterWorker, WorkerEvents, WorkerOptions, WorkerSpan } from './worker/contract.js'
export { startWorker } from './worker.js'
