// What people should know about a worker or coordinator that goes on in spite of it. Each is said once.

import type { Redis } from 'ioredis'
import { placeOf } from './connection.js'

/** Say when the connection is lost, and when it is back. */
export function watchConnection(redis: Redis, note: (text: string) => void): void {
  let isLost = false
  // Not emitted when this process itself ends the connection.
  redis.on('reconnecting', () => {
    if (isLost) return
    isLost = true
    note(`the connection to ${placeOf(redis)} is lost; waiting for it to come back`)
  })
  redis.on('ready', () => {
    if (!isLost) return
    isLost = false
    note(`the connection to ${placeOf(redis)} is back`)
  })
}
