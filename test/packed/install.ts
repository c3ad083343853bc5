// Packs the packages and installs them where nothing else is, in a folder whose name has a space and other letters in it.

import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { packInto } from '../../scripts/pack.js'
import { npmCommand } from '../../scripts/package-manager.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed packages. */
    packed: { name: string; tarball: string; files: string[] }[]
    /** The folder in which they are installed. */
    consumer: string
  }
}

export default async function install(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'onecopy paquets é 包 '))
  const consumer = join(folder, 'consumer')
  const packed = packInto(join(folder, 'tarballs'))
  await cp(fileURLToPath(new URL('consumer', import.meta.url)), consumer, { recursive: true })
  await writeManifest(join(consumer, 'package.json'), packed)
  const [command, ...prefix] = npmCommand()
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const { status, stdout, stderr } = spawnSync(command, [...prefix, ...args], { cwd: consumer, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm install failed\n${stdout}${stderr}`)
  project.provide('packed', packed)
  project.provide('consumer', consumer)
  return () => rm(folder, { recursive: true })
}

/** The consumer's own package.json, with the tarballs as its dependencies. */
async function writeManifest(path: string, packed: readonly { name: string; tarball: string }[]): Promise<void> {
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  manifest.dependencies = Object.fromEntries(
    packed.map(({ name, tarball }) => [name, `file:../tarballs/${basename(tarball)}`]),
  )
  await writeFile(path, JSON.stringify(manifest, null, 2))
}
