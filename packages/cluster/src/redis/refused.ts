// What the server itself refuses, in one clear line: no memory left, no right to a command, a key of something else.

import { OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'
import type { Redis } from 'ioredis'
import { placeOf } from './connection.js'

/** The error for what was thrown by a command on `redis`: `ERR_CLUSTER_UNAVAILABLE` if the server refused it, else the same error. */
export function explainRefusal(thrown: unknown, redis: Redis | undefined): unknown {
  if (redis === undefined || !isError(thrown) || thrown.name !== 'ReplyError') return thrown
  // A transaction says only that one of its commands was refused. ioredis keeps why.
  const [first = thrown] = memberOf(thrown as { readonly previousErrors?: readonly Error[] }, 'previousErrors') ?? []
  const why = first.message.slice(0, 300)
  return new OnecopyError('ERR_CLUSTER_UNAVAILABLE', `the server at ${placeOf(redis)} refuses a command: ${why}`, {
    cause: thrown,
  })
}
