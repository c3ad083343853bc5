/**
 * The script of the workers that an engine starts if it is given no `worker`. It runs inline functions, and imports modules by their
 * URLs.
 *
 * @module
 * @example
 * import url from '@onecopy/web/lane-worker?url'
 *
 * const engine = createEngine({ worker: () => new Worker(url, { type: 'module' }) })
 */

import { serveLanes } from './lanes.js'

serveLanes()
