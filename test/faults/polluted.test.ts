// A polluted `Object.prototype` changes no answer.

import { expect, test } from 'vitest'
import { runModule } from '../support/child.js'

/** Names that the code reads where an object may not have them. */
const names = ['timeout', 'value', 'cause', 'describe', 'open', 'id', 'elementType', 'message']

const program = (name: string, value: string): string => `
  import { createEngine, delimited, fixed, share, sum, countByKey } from '@onecopy/node'
  Object.defineProperty(Object.prototype, ${JSON.stringify(name)}, { value: ${value}, configurable: true, writable: true })
  const engine = createEngine({ workers: 2 })
  const data = share('ab\\ncd\\nef\\n\\n\\n\\n\\n')
  const out = []
  out.push(await engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 3 }) }))
  out.push(await engine.map(data, (bytes) => bytes.length, { chunks: delimited({ delimiter: '\\n', size: 1 }) }).reduce(sum()))
  out.push([...await engine.map(data, (bytes) => 'k' + bytes.length, { chunks: fixed({ size: 5 }) }).reduce(countByKey())])
  out.push(await engine.map(data, (bytes, chunk) => chunk.params.deep[0].table.view()[1] + chunk.params.n, {
    params: { deep: [{ table: share('xyz') }], n: 1 },
  }))
  out.push(await engine.map(data, () => { throw new RangeError('x') }).catch((error) => error.code))
  console.log(JSON.stringify(out))
  await engine.close()
`

test.each(names)('by %s', { timeout: 60_000 }, async (name) => {
  for (const value of ['50', "'x'"]) {
    const { code, stdout, stderr } = await runModule(program(name, value))
    expect({ value, code, stdout: stdout.trim(), stderr }).toEqual({
      value,
      code: 0,
      stdout: '[[3,3,3,3,1],13,[["k5",2],["k3",1]],[122],"ERR_CHUNK_FAILED"]',
      stderr: '',
    })
  }
})
