// Makes the JavaScript that the packages ship: one file per entry point, and one for what entry points share. tsc makes the
// types.
//
// A worker thread loads its modules again. Forty small files take it 30 ms longer than one.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { removeOldFiles } from './remove-old-files.js'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')

/** The entry points of each package, below its `src`. */
const doors = {
  core: ['index', 'lane', 'host', 'queue', 'testing'],
  node: ['index', 'lane-worker'],
  cluster: ['index', 'processor'],
  kernels: ['index'],
  web: ['index', 'lanes', 'lane-worker'],
}

/** The packages whose modules are shipped as tsc writes them. */
const unbundled = ['cli', 'examples']

for (const name of unbundled) removeOldFiles(join(packages, name), false)
for (const [name, entries] of Object.entries(doors)) {
  const folder = join(packages, name)
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  removeOldFiles(folder, true)
  await build({
    entryPoints: entries.map((entry) => join(folder, 'src', `${entry}.ts`)),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: name === 'node' || name === 'cluster' ? 'node' : 'neutral',
    target: 'es2022',
    external: Object.keys({ ...dependencies, ...peerDependencies }).flatMap((each) => [each, `${each}/*`]),
    chunkNames: 'shared-[hash]',
    sourcemap: true,
    // The sources are packed too, and the maps point to them.
    sourcesContent: false,
    logLevel: 'warning',
  })
}
