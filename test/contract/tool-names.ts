// Names that tools put into the text of inline functions: either they work, or the error names the tool.

import { type Engine, fixed, isOnecopyError, share } from '@onecopy/core'
import { transform } from 'esbuild'
import { expect, test } from 'vitest'

type Fn = (bytes: Readonly<Uint8Array>) => unknown

/** The function that is defined by `text`, as a tool would have left it there. */
function written(text: string): Fn {
  // `as`: each text below is a chunk function's.
  return new Function('cov_1f2e3d', '__cov_old', `return ${text}`)(() => {}, {}) as Fn
}

/** The function that esbuild makes of `text`. */
async function built(text: string, options: Parameters<typeof transform>[1]): Promise<Fn> {
  const { code } = await transform(`globalThis.built = ${text}`, { format: 'esm', ...options })
  const module = await import(
    `data:text/javascript,${encodeURIComponent(`${code}\nexport const fn = globalThis.built`)}`
  )
  // `as`: see `written`.
  return module.fn as Fn
}

const counted = `(bytes) => {
  cov_1f2e3d().f[0]++; cov_1f2e3d().s[0]++
  if (bytes.length > 2) { cov_1f2e3d().b[0][0]++; cov_1f2e3d().s[1]++ } else { cov_1f2e3d().b[0][1]++ }
  return (cov_1f2e3d().bT[1][0]++, bytes.length)
}`

const lowered: Record<string, readonly [text: string, options: Parameters<typeof transform>[1], result: unknown]> = {
  'esbuild --keep-names': [
    '(bytes) => { const one = (n) => n + 1; function two(n) { return n + 2 } return [one.name, two.name, two(one(bytes.length))] }',
    { keepNames: true },
    ['one', 'two', 6],
  ],
  'esbuild --keep-names --minify': [
    '(bytes) => { const one = (n) => n + 1; function two(n) { return n > 9 ? two(n - 1) : n + 2 } class Three {} return [one.name, two.name, Three.name, two(one(bytes.length))] }',
    { keepNames: true, minify: true },
    ['one', 'two', 'Three', 6],
  ],
  'async functions before ES2017': [
    'async (bytes) => { try { await Promise.reject(1) } catch (n) { return n + (await bytes.length) } }',
    { target: 'es2016' },
    4,
  ],
  'spread objects before ES2018': [
    '(bytes) => { const rest = { a: 1 }; return { ...rest, b: bytes.length, ...rest } }',
    { target: 'es2017' },
    { a: 1, b: 3 },
  ],
}

export function promiseToolNames(engine: () => Engine): void {
  const data = share('abc')

  for (const [name, [text, options, result]] of Object.entries(lowered)) {
    test(`${name}: the function works as it was written`, async () => {
      const fn = await built(text, options)
      expect(fn.toString()).not.toBe(text)
      expect(await engine().map(data, fn)).toEqual([result])
    })
  }

  test('the counters of a coverage tool count nothing, in chunk functions and in reducers', async () => {
    expect(await engine().map(data, written(counted))).toEqual([3])
    const members = '({ init() { cov_1f2e3d().f[0]++; return 0 }, add(a, b) { cov_1f2e3d().s[0]++; return a + b }, '
    const reducer = new Function(
      'cov_1f2e3d',
      `return ${members} merge: (a, b) => { cov_1f2e3d().b[0][0]++; return a + b } })`,
    )(() => {})
    const run = engine().map(data, (bytes) => bytes.length, { chunks: fixed({ size: 1 }) })
    expect(await run.reduce(reducer)).toBe(3)
  })

  test('import() in the text that vite or vitest made', async () => {
    const run = engine().map(data, async (bytes) => {
      const { inspect } = await import('node:util')
      return inspect(bytes.length)
    })
    expect(await run).toEqual(['3'])
  })

  test('process.getBuiltinModule gives Node’s own modules', async () => {
    const run = engine().map(data, (bytes) => process.getBuiltinModule('node:path').join('a', String(bytes.length)))
    expect(await run).toEqual([process.getBuiltinModule('node:path').join('a', '3')])
  })

  test.each([
    ['__vite_ssr_import_0__', /vite or vitest.*getBuiltinModule.*move the function/],
    ['__vi_import_0__', /vite or vitest/],
    ['__webpack_require__', /webpack or Turbopack/],
    ['_WEBPACK_IMPORTED_MODULE_0__', /webpack or Turbopack/],
    ['__TURBOPACK__imported__module__1', /webpack or Turbopack/],
    ['__turbopack_context__', /webpack or Turbopack/],
    ['__cov_1f2e3d', /coverage tool.*istanbul ignore next/],
    ['__callDispose', /compiler.*ES2022/],
    ['__decorateClass', /compiler.*ES2022/],
    ['__privateAdd', /compiler.*ES2022/],
    ['__forAwait', /compiler.*ES2022/],
    ['_object_spread', /compiler.*ES2022/],
    ['_ref', /compiler.*ES2022/],
    ['require', /only a module has.*getBuiltinModule/],
    ['import_meta', /only a module has/],
    ['u', /a helper of the bundler's/],
  ])('the tool behind %s is named, with the cure', async (name, says) => {
    const run = engine().map(data, new Function(`return () => ${name}(1)`)() as Fn)
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isOnecopyError(error, 'ERR_INLINE_CAPTURE')) throw new Error('expected ERR_INLINE_CAPTURE', { cause: error })
    expect(error.message).toMatch(says)
    expect(error.message).toContain(name)
    if (name.length > 1) expect(error.message).not.toContain('chunk.params')
  })

  test.each(['_createThing', '_total', '__outside', 'coverage', 'cov_matrix'])(
    'a captured name that no tool gives is no tool’s: %s',
    async (name) => {
      const run = engine().map(data, new Function(`return () => ${name}(1)`)() as Fn)
      await expect(run).rejects.toMatchObject({
        code: 'ERR_INLINE_CAPTURE',
        message: expect.stringContaining(`chunk.params.${name}`),
      })
    },
  )

  test('a captured function with a short name is captured, in minified text, too', async () => {
    const run = engine().map(data, new Function('return (t)=>h(t.length,"size")')() as Fn)
    await expect(run).rejects.toMatchObject({ code: 'ERR_INLINE_CAPTURE', message: expect.stringMatching(/uses h,/) })
  })
}
