// Makes the JavaScript that the packages ship: one file a door, and one for what doors share. Types are made by tsc.
//
// A worker thread loads its modules anew, and forty small files take it 30 ms longer than one.

import { readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')

/** The entry points of each package, below its `src`. */
const doors = {
  core: ['index', 'lane', 'host', 'testing'],
  node: ['index', 'lane-worker'],
  kernels: ['index'],
}

for (const [name, entries] of Object.entries(doors)) {
  const folder = join(packages, name)
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  await removeOldFiles(join(folder, 'dist'))
  await build({
    entryPoints: entries.map((entry) => join(folder, 'src', `${entry}.ts`)),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: name === 'node' ? 'node' : 'neutral',
    target: 'es2022',
    external: Object.keys({ ...dependencies, ...peerDependencies }).flatMap((each) => [each, `${each}/*`]),
    chunkNames: 'shared-[hash]',
    sourcemap: true,
    // The sources are packed: the maps lead to them.
    sourcesContent: false,
    logLevel: 'warning',
  })
}

/**
 * What an earlier build left behind would be packed: code, and declarations of sources that are gone.
 *
 * @param {string} dist
 */
async function removeOldFiles(dist) {
  const sources = new Set(await readdir(join(dist, '../src'), { recursive: true }))
  for (const file of await readdir(dist, { recursive: true })) {
    const [, source] = /^(.*)\.d\.ts(\.map)?$/.exec(file) ?? []
    const isOld = source === undefined ? /\.js(\.map)?$/.test(file) : !sources.has(`${source}.ts`)
    if (isOld) rmSync(join(dist, file))
  }
}
