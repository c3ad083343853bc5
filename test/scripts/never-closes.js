// A program that makes an engine, uses it and forgets about it.

import { createEngine, fixed, share, sum } from '@onecopy/node'

const engine = createEngine({ workers: 2 })
const total = await engine
  .map(share('0123456789'), (bytes) => bytes.length, { chunks: fixed({ size: 1 }) })
  .reduce(sum())
console.log(`total ${total}`)
