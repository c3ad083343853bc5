// The default number of workers on machines with more cores than an engine takes.

import { expect, test } from 'vitest'
import { runModule } from '../support/child.js'

test('more than 1024 cores: the default is 1024 workers', async () => {
  const { code, stdout, stderr } = await runModule(`
    import { createRequire, syncBuiltinESMExports } from 'node:module'
    createRequire(import.meta.url)('node:os').availableParallelism = () => 1792
    syncBuiltinESMExports()
    const { createEngine, map, share } = await import('@onecopy/node')
    console.log(createEngine().workers, await map(share('abc'), (bytes) => bytes.length))
  `)
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1024 [ 3 ]\n', stderr: '' })
})
