// The script of the engine's workers: the functions that the page runs in them.

import { csvAggregate, entropyMap, hash, logStats, nearest, wordCount } from '@onecopy/examples'
import { byteHistogram, findBytes } from '@onecopy/kernels'
import { serveLanes } from '@onecopy/web/lanes'
import * as madeUp from './plugins/made-up.js'

serveLanes([{ csvAggregate, entropyMap, hash, logStats, nearest, wordCount }, { byteHistogram, findBytes }, madeUp])
