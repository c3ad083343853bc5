// Which store an option means.

import { resolve } from 'node:path'
import { show } from '@onecopy/core/lane'
import type { Redis } from 'ioredis'
import type { PartStore } from './contract.js'
import { folderStore } from './folder-store.js'
import { redisStore } from './redis-store.js'

/** @throws {TypeError} it is neither a path nor a store */
export function checkStore(store: unknown): asserts store is string | PartStore | undefined {
  if (store === undefined || (typeof store === 'string' && store !== '')) return
  // `as`: its members are checked.
  const { put, get, remove } = (store ?? {}) as Partial<PartStore>
  if ([put, get, remove].every((each) => typeof each === 'function')) return
  throw new TypeError(`store: expected the path of a folder, or an object with put, get and remove, got ${show(store)}`)
}

/** The store that is meant; without one, Redis itself. */
export function chooseStore(store: string | PartStore | undefined, redis: Redis, prefix: string): PartStore {
  if (store === undefined) return redisStore(redis, prefix)
  return typeof store === 'string' ? folderStore(resolve(store)) : store
}
