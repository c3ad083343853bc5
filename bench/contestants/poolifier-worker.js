// The worker of poolifier: an instance of its class, exported.

import { ThreadWorker } from 'poolifier'
import { runTask } from './jobs.js'

export default new ThreadWorker((/** @type {import('./jobs.js').Task | undefined} */ task) => {
  if (task === undefined) throw new TypeError('task: expected one, got undefined')
  return runTask(task)
})
