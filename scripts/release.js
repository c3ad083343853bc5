// Publishes the packages that have a new version from changesets. The release workflow runs this, after the build and the
// tests.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publishedPackages } from './published.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env
if (server === undefined || repository === undefined) throw new Error('this runs in the release workflow alone')

// npm accepts provenance only for packages that name the repository in which they are built. A fork that publishes must name
// itself.
for (const { folder, path } of publishedPackages()) {
  const file = join(path, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.repository = { type: 'git', url: `git+${server}/${repository}.git`, directory: `packages/${folder}` }
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

const changeset = join(root, 'node_modules/@changesets/cli/bin.js')
const { status } = spawnSync(process.execPath, [changeset, 'publish'], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
