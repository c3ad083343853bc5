// An engine inside of a worker.

import { createEngine, share } from '@onecopy/web'

const engine = createEngine({ workers: 2 })
const lengths = await engine.map(share('abc'), (bytes) => bytes.length)
await engine.close()
postMessage(lengths)
