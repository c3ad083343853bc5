// Defines a case: data, a job, the expected answer, and the contestants.

/**
 * One way to do the job.
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} [missing] why it does not take part, for example 'not installed'
 * @property {() => unknown} [run] does the job once; set unless it is missing. Returns the answer, alone or in {@link timed}
 * @property {unknown} [expected] its own expected answer, if its question differs from the case's
 * @property {number} [scale] it does one part in `scale` of the job, so its measured value is multiplied
 * @property {string} [note] what a reader of the table must know
 */

/**
 * A target: what the medians of one run must reach. The value is undefined if a contestant is missing.
 *
 * @typedef {object} Target
 * @property {string} what
 * @property {'at least' | 'at most'} relation
 * @property {number} bound
 * @property {string} unit
 * @property {(median: (name: string) => number | undefined) => number | undefined} value
 */

/**
 * A case that is ready to run.
 *
 * @typedef {object} Prepared
 * @property {unknown} expected  found in another way than the contestants find it
 * @property {Contestant[]} contestants
 * @property {Target[]} [targets]
 * @property {() => unknown} [close]
 */

/**
 * @typedef {object} Context
 * @property {import('./inputs.js').Inputs} inputs
 * @property {string} folder  for files of the case's own; removed at the end
 * @property {number} workers  workers of onecopy, threads and processes
 * @property {boolean} quick  answers matter, times do not: a small job will do
 */

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {'time' | 'memory'} measures  in ms or in bytes
 * @property {import('./inputs.js').InputName[]} inputs
 * @property {number} [rounds]  default 5; more where one takes little time
 * @property {(context: Context) => Prepared | Promise<Prepared>} prepare
 */

/** An answer together with its cost, for a contestant that measures itself: in ms or in bytes. */
export class Timed {
  /**
   * @param {unknown} answer
   * @param {number} taken
   */
  constructor(answer, taken) {
    this.answer = answer
    this.taken = taken
  }
}

/**
 * A target of speed: `subject` must be `bound` times as fast as the fastest of `others`.
 *
 * @param {string} subject
 * @param {string | string[]} others
 * @param {number} bound
 * @param {string} [label] a short name for the others
 * @returns {Target}
 */
export function timesAsFast(subject, others, bound, label) {
  const names = [others].flat()
  return {
    what: `${subject}: speed against ${label ?? names.join(' / ')}`,
    relation: 'at least',
    bound,
    unit: '×',
    value: (median) => {
      const best = Math.min(...names.map((name) => median(name) ?? Number.POSITIVE_INFINITY))
      const own = median(subject)
      return own === undefined || best === Number.POSITIVE_INFINITY ? undefined : best / own
    },
  }
}

/**
 * A target of cost: `subject` may take `bound` times as long as `other`.
 *
 * @param {string} subject
 * @param {string} other
 * @param {number} bound
 * @returns {Target}
 */
export function timesAsLong(subject, other, bound) {
  return {
    what: `${subject}: time against ${other}`,
    relation: 'at most',
    bound,
    unit: '×',
    value: (median) => {
      const [own, base] = [median(subject), median(other)]
      return own === undefined || base === undefined ? undefined : own / base
    },
  }
}
