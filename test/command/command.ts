// The command as a user calls it: a process with its arguments, input, outputs and exit code; and a folder with plugins.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** What package managers link as `onecopy`. */
export const bin: string = join(root, 'packages/cli/bin/onecopy.js')

// Variables by which Node and the command choose colours and words. They depend on who runs the tests, and where.
const moods =
  /^(NO_COLOR|FORCE_COLOR|NODE_DISABLE_COLORS|DEBUG|CI|GITHUB_ACTIONS|TF_BUILD|TEAMCITY_VERSION|TMUX|TERM_PROGRAM)$/

/** The environment that the tests run in, without what says how output should look. */
export const plainEnv: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !moods.test(name)),
)

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Call {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What standard input gives; without it, it is closed. */
  readonly input?: string | Uint8Array
}

/** Start the command. The caller must wait for its end. */
export function start(
  args: readonly string[],
  { cwd, env }: Call,
  stdio: SpawnOptions['stdio'] = 'pipe',
): ChildProcess {
  return spawn(process.execPath, [bin, ...args], { cwd, env: { ...plainEnv, ...env }, stdio })
}

/** Wait until a process has ended. */
export function ended(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Run the command to its end. */
export function call(args: readonly string[], options: Call): Promise<Outcome> {
  const child = start(args, options)
  const outcome = ended(child)
  // A command that does not read its input may have ended before all of it is written.
  child.stdin!.on('error', () => {})
  child.stdin!.end(options.input)
  return outcome
}

/** A fresh folder with a space and letters of all kinds in its name, in which `@onecopy` packages can be imported. */
export function pluginFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onecopy command – 数 ')))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  for (const each of ['@onecopy', 'fast-check']) {
    symlinkSync(join(root, 'node_modules', each), join(folder, 'node_modules', each), 'junction')
  }
  writeFiles(folder, { 'package.json': '{ "type": "module" }', ...files })
  return folder
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

/** The text of a module that exports one plugin that folds. */
export function foldingText(name: string, reduce: string, body: string): string {
  return `import { countByKey, definePlugin, lines, sum } from '@onecopy/core'
export default definePlugin(import.meta.url, {
  name: '${name}', description: 'It folds.', params: { least: 1 }, chunks: lines(),
  fold(acc, bytes, chunk) { ${body} }, reduce: ${reduce} })
`
}

/** The text of a module with one plugin. */
export function pluginText(name: string, body: string, rest = ''): string {
  return `import { countByKey, definePlugin, delimited, fixed, lines, overlapping, records, sum, sumArrays } from '@onecopy/core'
export const ${name.replaceAll('-', '_')} = definePlugin(import.meta.url, { name: '${name}', ${rest} map(bytes, chunk) { ${body} } })
`
}
