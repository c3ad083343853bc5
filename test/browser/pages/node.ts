// Names of Node's modules, for test files that import them. Whatever is called here belongs to a test that is left out in a page.

const missing = (name: string) => (): never => {
  throw new Error(`a page has no ${name}`)
}

export const appendFileSync = missing('appendFileSync')
export const existsSync = missing('existsSync')
export const statSync = missing('statSync')
export const truncateSync = missing('truncateSync')
export const writeFileSync = missing('writeFileSync')
export const inspect = missing('inspect')
export const runInNewContext = missing('runInNewContext')
export const pathToFileURL = missing('pathToFileURL')
export const mkdirSync = missing('mkdirSync')
export const rmSync = missing('rmSync')
export const AsyncLocalStorage = missing('AsyncLocalStorage')

// `tempDir` is called for whole groups of tests.
export const mkdtempSync = (prefix: string): string => prefix
export const tmpdir = (): string => '/tmp'
export const join = (...parts: readonly string[]): string => parts.join('/')
