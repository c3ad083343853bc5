// The published types, read by each compiler that users may have.

import { expect, test } from 'vitest'
import { firstExample, tool, write } from './consumer-run.js'

/** Wrong types on purpose are marked; a compiler that sees `any` everywhere then complains about the marks. */
const program = `
import { definePlugin, lines, share, sequential, type Reducer } from '@onecopy/core'
import { createEngine, isOnecopyError, moduleFunction, type MapRun, sum } from '@onecopy/node'
import { countByte } from '@onecopy/kernels'

await using engine = createEngine({ workers: 2 })
const numbers = share(Float64Array.of(1, 2))
const run: MapRun<number> = engine.map(numbers, (part) => part.reduce((a, b) => a + b, 0))
const total: number = await run.reduce(sum())
// @ts-expect-error a number is no string
const wrong: string = await engine.map(numbers, () => 1).reduce(sum())
// @ts-expect-error the view is read-only
await engine.map(numbers, (part) => { part[0] = 1 })

export const plugin = definePlugin(import.meta.url, {
  name: 'lengths',
  params: { least: 1 },
  chunks: lines(),
  map: (bytes, chunk) => (bytes.length >= chunk.params.least ? bytes.length : 0),
  reduce: (left, right) => left + right,
})
const lengths: number = await sequential().run(share('text'), plugin, { params: { least: 2 } })
// @ts-expect-error there is no such parameter
sequential().run(share('text'), plugin, { params: { most: 2 } })
const zeros: number = await engine.run(share('text'), countByte, { params: { byte: 0 } })

const count = moduleFunction<typeof import('./count.js')>(new URL('./count.js', import.meta.url), 'count')
const counts: number[] = await engine.map(share('text'), count)
const mean: Reducer<number, { sum: number; n: number }, number> = {
  init: () => ({ sum: 0, n: 0 }),
  add: (acc, value) => ({ sum: acc.sum + value, n: acc.n + 1 }),
  merge: (left, right) => ({ sum: left.sum + right.sum, n: left.n + right.n }),
  finish: (acc) => acc.sum / acc.n,
}
try {
  console.log(total, wrong, lengths, zeros, counts, await engine.map(numbers, (part) => part.length).reduce(mean))
} catch (error) {
  if (isOnecopyError(error, 'ERR_CHUNK_FAILED')) console.log(error.chunk?.index)
}
`

const options = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: ['node'] }
const lib = ['ES2023', 'ESNext.Disposable']
const resolutions = {
  // A CommonJS module may require them.
  nodenext: { how: { module: 'nodenext', moduleResolution: 'nodenext' }, more: ['types/common.cts'] },
  bundler: { how: { module: 'esnext', moduleResolution: 'bundler' }, more: [] },
}

test.each(
  ['5.9', '6.0', '7.0'].flatMap((version) =>
    Object.entries(resolutions).map(([name, resolution]) => ({ version, name, ...resolution })),
  ),
)('TypeScript $version reads them ($name)', async ({ version, how, more }) => {
  const files = ['types/use.ts', 'types/program.ts', 'types/count.ts', ...more]
  await write({
    'types/use.ts': await firstExample(),
    'types/program.ts': program,
    'types/count.ts': 'export function count(bytes: Uint8Array): number { return bytes.length }\n',
    'types/common.cts': `import { createEngine, type Engine } from '@onecopy/node'\nexport const engine: Engine = createEngine()\n`,
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...options, target: 'ES2022', lib, ...how }, files }),
  })
  expect(await tool(`typescript-${version}/bin/tsc`, '-p', 'tsconfig.json')).toBe('')
})
