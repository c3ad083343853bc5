// Makes the API reference in docs/api, for every entry point of every published package. An export without a docstring is an
// error.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { publishedPackages } from './published.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// A package without exports is only a command.
const libraries = publishedPackages().filter(({ manifest }) => manifest.exports?.['.'] !== undefined)

const app = await Application.bootstrapWithPlugins({
  options: join(root, 'typedoc.json'),
  entryPoints: libraries.map(({ path }) => path),
})
const project = await app.convert()
if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1)
await app.generateOutputs(project)
console.log(`docs/api: ${libraries.map(({ manifest }) => manifest.name).join(', ')}`)
