// A site for tests in browsers: the workspace itself, each file as a module of its own at its own path, with its types removed. Packages
// are found as Node would find them. So URLs are real, and what is tested is what ships.

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

// Real, because esbuild answers with real paths.
const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))

/** What an isolated page needs. */
export const isolated: OutgoingHttpHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Headers for a path of the site. */
export type HeadersFor = (path: string) => OutgoingHttpHeaders

export interface Site {
  readonly url: string
  close(): Promise<void>
}

/** Serve the workspace on this machine. */
export async function serveSite(headersFor: HeadersFor = () => isolated): Promise<Site> {
  const server = createServer((request, response) => {
    // `!`: a request that has come in has a URL.
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname)
    const headers = { 'Cache-Control': 'no-store', ...headersFor(path) }
    answer(path, response, headers).catch((error) => response.writeHead(500, headers).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(path: string, response: ServerResponse, headers: OutgoingHttpHeaders): Promise<void> {
  if (path.endsWith('.html')) {
    const script = `/test/browser/pages${path.replace(/html$/, 'js')}`
    const page = `<!doctype html><html lang="en"><title>starting</title><script type="module" src="${script}"></script></html>`
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(page)
    return
  }
  const code = await codeAt(path)
  if (code === undefined) response.writeHead(404, headers).end('not found')
  else response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', ...headers }).end(code)
}

/** Built once for all sites of this process. */
const built = new Map<string, Promise<string>>()

function codeAt(path: string): Promise<string> | undefined {
  const known = built.get(path)
  if (known !== undefined) return known
  const code = path.startsWith('/deps/') ? bundleOf(path) : moduleAt(join(root, path))
  if (code !== undefined) built.set(path, code)
  return code
}

/** A module of the workspace. */
function moduleAt(file: string): Promise<string> | undefined {
  const source = [file, file.replace(/\.js$/, '.ts')].find((each) => existsSync(each))
  if (source === undefined) return undefined
  return run({ entryPoints: [source], plugins: [keepImports] })
}

/** A package of others, as one module. */
function bundleOf(path: string): Promise<string> {
  const [, folder = '', name = ''] = /^\/deps\/([^/]*)\/(.*)\.js$/.exec(path) ?? []
  const resolveDir = join(root, Buffer.from(folder, 'base64url').toString())
  const hasDefault = name === 'p-queue' || name === 'fast-check'
  const contents = `export * from '${name}'\n${hasDefault ? `export { default } from '${name}'\n` : ''}`
  return run({ stdin: { contents, resolveDir } })
}

async function run(options: Parameters<typeof build>[0]): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  })
  // `!`: there is one entry, so there is one file.
  return outputFiles![0]!.text
}

/** Leaves each import as it is, but for the names of packages. */
const keepImports: Plugin = {
  name: 'keep-imports',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
      if (kind === 'entry-point') return undefined
      return { path: urlOf(path, resolveDir), external: true }
    })
  },
}

function urlOf(name: string, from: string): string {
  if (/^[./]|^https?:/.test(name)) return name
  if (name === 'vitest') return '/test/support/collected-tests.js'
  if (name.startsWith('node:')) return '/test/browser/pages/node.js'
  const [, folder, door] = /^@onecopy\/([^/]+)(?:\/(.*))?$/.exec(name) ?? []
  if (folder === undefined) return `/deps/${Buffer.from(relative(root, from)).toString('base64url')}/${name}.js`
  // The tests of Node's files do not run here. What else they import from there, a page has too.
  const path = join(root, 'packages', folder === 'node' ? 'web' : folder)
  const { exports } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return `/${relative(root, join(path, exports[door === undefined ? '.' : `./${door}`].default)).replaceAll('\\', '/')}`
}
