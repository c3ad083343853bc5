// The worker of poolifier: an instance of its class, exported.

import { ThreadWorker } from 'poolifier'
import { runTask } from './jobs.js'

export default new ThreadWorker(runTask)
