// The connection to Redis or Valkey. The first attempt to connect fails at once with one clear line. Later, a lost connection is
// made again for as long as it takes.

import { OnecopyError } from '@onecopy/core'
import { show } from '@onecopy/core/lane'
import type { ConnectionOptions } from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'

/** How to reach Redis or Valkey: a URL (`redis://…`, with TLS `rediss://…`), or the options of ioredis. */
export type ClusterConnection = string | RedisOptions

/** The oldest version that has what is needed. */
const oldest = [6, 2] as const
/** The longest pause between two attempts to connect again, in ms. */
const longestPauseMs = 1000

/** @throws {TypeError} `connection` is neither a URL of Redis nor an object with options */
export function checkConnection(connection: unknown): asserts connection is ClusterConnection {
  if (typeof connection === 'object' && connection !== null) return
  if (typeof connection === 'string' && /^rediss?:\/\//.test(connection) && URL.canParse(connection)) return
  // A URL may hold a password, so it is not shown.
  const given = typeof connection === 'string' ? 'another text' : show(connection)
  throw new TypeError(
    `connection: expected redis://HOST:PORT, rediss://HOST:PORT or the options of ioredis, got ${given}`,
  )
}

/**
 * Connect, and check the server's version.
 *
 * @throws {OnecopyError} `ERR_CLUSTER_UNAVAILABLE`: there is no server, it refuses the connection, or it is too old
 */
export async function connect(connection: ClusterConnection): Promise<Redis> {
  const redis = createClient(connection)
  const place = placeOf(redis)
  // `connect` rejects with a text that does not say why.
  let reason: unknown
  const keep = (error: unknown): void => {
    reason = error
  }
  redis.on('error', keep)
  try {
    await redis.connect()
    checkVersion(await redis.info('server'), place)
    return redis
  } catch (thrown) {
    redis.disconnect()
    if (thrown instanceof OnecopyError) throw thrown
    const cause = reason ?? thrown
    throw new OnecopyError('ERR_CLUSTER_UNAVAILABLE', `no Redis or Valkey at ${place}: ${reasonOf(cause)}`, { cause })
  } finally {
    redis.off('error', keep)
  }
}

function createClient(connection: ClusterConnection): Redis {
  let hasConnected = false
  const options: RedisOptions = {
    connectTimeout: 5000,
    // The server has become a replica. Its name leads to another server now, or will soon: connect again, and send the command again.
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? 2 : false),
    ...(typeof connection === 'string' ? {} : connection),
    lazyConnect: true,
    // Commands wait until the server is back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (hasConnected ? Math.min(times * 50, longestPauseMs) : null),
  }
  // `as`: under `exactOptionalPropertyTypes`, the options of ioredis do not fit its own constructor.
  const own = options as object
  const redis = typeof connection === 'string' ? new Redis(connection, own) : new Redis(own)
  redis.once('ready', () => {
    hasConnected = true
  })
  // Without a listener, ioredis prints each failure.
  redis.on('error', () => {})
  return redis
}

/** The same connection for BullMQ, which makes others like it where it has to wait for something. */
export function forBullMq(redis: Redis): ConnectionOptions {
  // `as`: the types that BullMQ declares are those of another version of ioredis.
  return redis as unknown as ConnectionOptions
}

/** Where the server is, without the password. */
export function placeOf(redis: Redis): string {
  const { path, host, port, tls } = redis.options
  return path ?? `${tls === undefined ? 'redis' : 'rediss'}://${host}:${port}`
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  // Node tries all addresses of a name, and puts what they said into `errors`.
  const { errors } = cause as { readonly errors?: readonly unknown[] }
  return cause.message === '' && errors?.[0] instanceof Error ? errors[0].message : cause.message
}

function checkVersion(info: string, place: string): void {
  const [, text = '0.0'] = /^redis_version:(\S+)/m.exec(info) ?? []
  const [major = 0, minor = 0] = text.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  throw new OnecopyError(
    'ERR_CLUSTER_UNAVAILABLE',
    `the server at ${place} is version ${text}; Redis ${oldest.join('.')} or newer, or Valkey, is needed`,
  )
}
