// The plain JavaScript that onecopy, hand-written threads and pools all run. The functions capture nothing, so onecopy accepts
// them as inline functions.

/** @typedef {Readonly<Uint8Array>} Bytes */

/** @param {Bytes} bytes */
export function firstByte(bytes) {
  return bytes[0] ?? 0
}

/**
 * The results of `firstByte` for each 64 bytes, added up in one loop: the job without chunks.
 *
 * @param {Bytes} bytes
 */
export function everyFirstByte(bytes) {
  let total = 0
  for (let i = 0; i < bytes.length; i += 64) total += bytes[i] ?? 0
  return total
}

/** @param {Bytes} bytes */
export function countLineFeeds(bytes) {
  let n = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) n++
  return n
}

/** @param {Bytes} bytes */
export function histogram(bytes) {
  const counts = new Uint32Array(256)
  for (let i = 0; i < bytes.length; i++) {
    // @ts-expect-error: both indexes are inside; a fallback for one that is not would cost in every step
    counts[bytes[i]]++
  }
  return Array.from(counts)
}

const jobs = { firstByte, everyFirstByte, countLineFeeds, histogram }

/**
 * A job on the bytes `[start, end)` of shared memory: what is posted to a pool.
 *
 * @typedef {{ job: keyof typeof jobs, buffer: SharedArrayBuffer, start: number, end: number }} Task
 */

/** @typedef {number | number[]} Answer */

/**
 * @param {Task} task
 * @returns {Answer}
 */
export function runTask({ job, buffer, start, end }) {
  return jobs[job](new Uint8Array(buffer, start, end - start))
}

/**
 * Add two answers of one job. The left one may be changed. `undefined` means that there is no answer yet.
 *
 * @param {Answer | undefined} left
 * @param {Answer} right
 * @returns {Answer}
 */
export function addUp(left, right) {
  if (left === undefined) return right
  if (typeof left === 'number' || typeof right === 'number') return Number(left) + Number(right)
  for (const [i, n] of right.entries()) left[i] = (left[i] ?? 0) + n
  return left
}
