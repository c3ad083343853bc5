// The worker of workerpool: functions by name.

import { worker } from 'workerpool'
import { runTask } from './jobs.js'

worker({ runTask })
