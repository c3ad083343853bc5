// Builds the gallery's page: static files that any web server can serve.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'gallery-page')

/** The folder that the page is built into. */
export const site = join(page, 'site')

/** @satisfies {import('esbuild').BuildOptions} */
const options = {
  bundle: true,
  minify: true,
  format: /** @type {const} */ ('esm'),
  platform: /** @type {const} */ ('browser'),
  target: 'es2022',
  legalComments: /** @type {const} */ ('none'),
  logLevel: /** @type {const} */ ('warning'),
  // Parts of a package that esbuild has split import each other bare. They have no side effects.
  logOverride: { 'ignored-bare-import': /** @type {const} */ ('silent') },
}

/**
 * Makes the text of a worker's script out of `import text from 'worker:…'`. A page that has it starts workers without a request.
 *
 * @type {import('esbuild').Plugin}
 */
const workerText = {
  name: 'worker-text',
  setup(build) {
    build.onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice('worker:'.length)),
      namespace: 'worker-text',
    }))
    build.onLoad({ filter: /./, namespace: 'worker-text' }, async ({ path }) => {
      const { outputFiles } = await bundle({ ...options, entryPoints: [path], write: false })
      return { contents: outputFiles?.[0]?.text ?? '', loader: 'text' }
    })
  },
}

const bundle = build

/**
 * Build the page.
 *
 * @param {string} [folder] - where to; default `packages/gallery-page/site`
 * @param {import('esbuild').BuildOptions} [more]
 */
export async function buildPage(folder = site, more = {}) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  Object.assign(options, more)
  await build({
    ...options,
    entryPoints: [join(page, 'src', 'main.ts')],
    outdir: folder,
    splitting: true,
    chunkNames: 'part-[hash]',
    plugins: [workerText],
  })
  const own = join(page, 'static')
  for (const name of readdirSync(own)) copyFileSync(join(own, name), join(folder, name))
  const require = createRequire(join(page, 'package.json'))
  // The charts' own styles come first, so that the page's win.
  const styles = ['uplot/dist/uPlot.min.css', join(own, 'style.css')].map((path) =>
    readFileSync(require.resolve(path), 'utf8'),
  )
  writeFileSync(join(folder, 'style.css'), styles.join('\n'))
  // Beside the page, because a service worker serves its own folder only.
  copyFileSync(require.resolve('coi-serviceworker'), join(folder, 'coi-serviceworker.js'))
}
