// A cluster for one test file: a server, a file of 64 chunks below a root, and an engine of this machine for comparison.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cluster, type ClusterOptions, createCluster, type WorkerOptions } from '@onecopy/cluster'
import { createEngine, type Engine } from '@onecopy/node'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { tempDir } from '../support/temp-dir.js'
import { type Machine, startMachine } from './machines.js'
import { noRedis, type TestRedis, testRedis } from './redis.js'

const plugins = fileURLToPath(new URL('./plugins/cluster-plugins.js', import.meta.url))
/** Chunks of the file, as the plugins for tests cut it. */
export const chunks = 64
const bytes = Uint8Array.from({ length: chunks * 4096 }, (_, i) => Math.imul(i, 2654435761) >>> 24)

/** The title of a group of tests, with the reason if they are skipped. */
export const titled = (title: string): string => (noRedis === undefined ? title : `${title} (skipped: ${noRedis})`)

/** What the tests of a file share. */
export interface Setup {
  readonly redis: TestRedis
  readonly dir: string
  readonly root: string
  /** The file. */
  readonly path: string
  readonly engine: Engine
  readonly cluster: Cluster
  /** Another cluster on the same server. */
  clusterWith(options: Partial<ClusterOptions>): Cluster
  /** What is on the server about a run, or about all runs. */
  keys(run?: string): Promise<string[]>
  /** Start a machine that serves these plugins. */
  machine(names: readonly string[], options?: Partial<WorkerOptions>): Promise<Machine>
}

/** Start a server and so on before the tests, and end them after the tests. Called while tests are collected. */
export function setUp(): Setup {
  const redis = testRedis()
  const dir = tempDir()
  const root = join(dir, 'data root')
  mkdirSync(root)
  const path = writeData(root)
  const engine = createEngine({ workers: 2 })
  afterAll(() => engine.close())
  const clusterWith = (options: Partial<ClusterOptions>): Cluster =>
    createCluster({ connection: redis.url, root, ...options })
  return {
    redis,
    dir,
    root,
    path,
    engine,
    get cluster() {
      return clusterWith({})
    },
    clusterWith,
    keys: async (run = '') => (await keysOf(redis.url)).filter((key) => key.includes(run)),
    machine: (names, options) =>
      startMachine({ connection: redis.url, root, plugins: names.map((name) => `${plugins}#${name}`), ...options }),
  }
}

/** Write the file of all tests into a folder. Its time is the same everywhere. */
export function writeData(folder: string, change?: (bytes: Uint8Array) => void): string {
  const path = join(folder, 'data.bin')
  const content = bytes.slice()
  change?.(content)
  writeFileSync(path, content)
  utimesSync(path, 1_000_000_000, 1_000_000_000)
  return path
}

/** The keys of jobs, parts and runs. What a queue keeps for itself is not counted. */
async function keysOf(url: string): Promise<string[]> {
  const client = new Redis(url)
  const keys = await client.keys('*')
  client.disconnect()
  return keys.filter((key) => /:onecopy-(run|part):|:[^:]+\.\d+-\d+(\.b)?$/.test(key)).sort()
}
