// Parameters with a schema: validated before the run, and seen by the lanes as the schema made them.

import { type Engine, share } from '@onecopy/core'
import { expect, test } from 'vitest'
import { withArktype, withDoubling, withRequired, withValibot, withZod } from '../plugins/with-schema.js'

export function promiseSchemas(engine: () => Engine): void {
  const data = share('0123456789')

  test.each([withZod, withValibot, withArktype])('$name: a run without params has the defaults', async (plugin) => {
    const params = { size: 5, label: 'none' }
    expect(await engine().map(data, plugin)).toEqual([
      { text: '01234', params, state: params },
      { text: '56789', params, state: params },
    ])
  })

  test.each([withZod, withValibot, withArktype])('$name: each function sees what the schema made', async (plugin) => {
    const params = { size: 8, label: 'none' }
    expect(await engine().run(data, plugin, { params: { size: '8' } })).toEqual([
      { text: '01234567', params, state: params },
      { text: '89', params, state: params },
    ])
  })

  test('a schema written by hand', async () => {
    expect(await engine().map(data, withDoubling)).toEqual([2])
  })

  test('validates once, and never in a lane', async () => {
    expect(await engine().map(data, withDoubling, { params: { n: 21 } })).toEqual([42])
  })

  test('params that have to be given', async () => {
    expect(await engine().map(data, withRequired, { params: { needle: 'x' } })).toEqual(['x'])
  })
}
