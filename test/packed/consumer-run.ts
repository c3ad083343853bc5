// Runs things in the folder where the packages are installed.

import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { codeBlocks } from '../support/code-blocks.js'

const run = promisify(execFile)
const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Where the packages are installed. */
export const consumer: string = inject('consumer')

/** What the README's first example prints over the consumer's access.log: chunks, line feeds. */
export const expected = '1 3\n'

/** A file of the repository. */
export async function repositoryFile(path: string): Promise<string> {
  return readFile(join(repository, path), 'utf8')
}

/** The README's first example. */
export async function firstExample(): Promise<string> {
  const blocks = codeBlocks(await repositoryFile('README.md'))
  const block = blocks.find(({ info }) => info === 'js')
  if (block === undefined) throw new Error('the README has no example')
  return block.code
}

/** Write files into the consumer's folder: texts by path. */
export async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(consumer, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}

/** Run Node on a script with arguments; what it prints to standard output. Rejects, with all output, if it fails. */
export async function node(args: readonly string[], cwd: string = consumer): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, args, { cwd, env: cleanEnvironment() })
    return stdout
  } catch (error) {
    // `as`: what execFile rejects with.
    const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error })
  }
}

/** Run the script of a package that the consumer installed. */
export function tool(script: string, ...args: string[]): Promise<string> {
  return node([join(consumer, 'node_modules', script), ...args])
}

/** Nothing of the test runner's own, which a test runner inside would take for its. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST|NODE_OPTIONS)/.test(name))
  return Object.fromEntries([...kept, ['NO_COLOR', '1']])
}
