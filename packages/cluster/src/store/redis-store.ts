// Parts in Redis itself, outside of the queue: once, and not encoded. For clusters without a shared file system.

import type { Redis } from 'ioredis'
import { partKey } from '../redis/keys.js'
import type { PartStore } from './contract.js'

/** How long a part stays if its run never ends, in seconds. */
const keepS = 24 * 3600

/** Store parts as values in Redis. */
export function redisStore(redis: Redis, prefix: string): PartStore {
  return {
    async put(key, bytes) {
      const { buffer, byteOffset, byteLength } = bytes
      await redis.set(partKey(prefix, key), Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength), 'EX', keepS)
    },
    async get(key) {
      return (await redis.getBuffer(partKey(prefix, key))) ?? undefined
    },
    async remove(key) {
      await redis.del(partKey(prefix, key))
    },
  }
}
