// Generates an access log.

import type { SharedMemory } from '@onecopy/core'
import { normal, pick, type Random, seededRandom } from '../generators/random.js'
import { shareLines } from '../generators/share-lines.js'

/** Each method occurs as often as it is listed. */
const requests = 'GET GET GET GET GET GET GET HEAD POST POST PUT DELETE OPTIONS PATCH PURGE'.split(' ')
const statuses = [200, 200, 200, 200, 200, 200, 204, 206, 301, 304, 304, 400, 401, 404, 404, 500, 503, 101]
const paths = ['/', '/index.html', '/img/logo.png', '/api/items?page=2', '/search?q=%22onecopy%22', '/caf%C3%A9']
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * Make an access log of `count` lines, in shared memory. The same seed makes the same lines. The lines are in the Common Log
 * Format, with the time taken in microseconds at the end. About one line in a thousand is malformed.
 *
 * @param count - integer >= 0
 * @param seed - default 1
 * @throws {RangeError} `count` is not an integer >= 0
 * @example const { micros } = await engine.run(generateLog(100_000), logStats)
 */
export function generateLog(count: number, seed: number = 1): SharedMemory {
  const random = seededRandom(seed)
  return shareLines(count, 192, (i) => (random() < 0.001 ? '-- log rotated --' : requestLine(random, i)))
}

function requestLine(random: Random, second: number): string {
  const whole = (below: number): number => Math.floor(random() * below)
  const host = `10.${whole(256)}.${whole(256)}.${whole(256)}`
  const status = pick(random, statuses)
  const hasBody = status !== 204 && status !== 304 && status !== 101
  // Log-normal: most are short and some very long, like the lengths and times of real servers.
  const bytes = hasBody ? Math.round(Math.exp(8 + 2 * normal(random))) : '-'
  const micros = Math.round(Math.exp(9 + 1.2 * normal(random)))
  const request = `${pick(random, requests)} ${pick(random, paths)} HTTP/1.1`
  return `${host} - - [${timeOf(second)}] "${request}" ${status} ${bytes} ${micros}`
}

/** Ten lines per second, from the start of 2026. */
function timeOf(line: number): string {
  const time = new Date(Date.UTC(2026, 0, 1) + line * 100)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':')
  return `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${clock} +0000`
}
