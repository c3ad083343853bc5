// Decompresses a stream with a program of the system, as `rg -z` does: xz, bzip2, and zstd where Node has none.

import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { damaged } from './damaged.js'

/**
 * Decompress `source` with the program that is named like the format. The program is ended when nobody reads any more.
 *
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`: the program failed
 * @throws {Error} there is no such program on this machine; `code` is `'ENOENT'`
 * @throws what `source` throws
 */
export async function* programStream(
  program: 'xz' | 'bzip2' | 'zstd',
  source: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = spawn(findProgram(program, path), ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `${program} ended with ${signal ?? code}`))
  })
  ended.catch(() => {})
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 1000) said += text
  })
  let failure: { readonly error: unknown } | undefined
  const feeding = pipeline(source, child.stdin).catch((error: NodeJS.ErrnoException) => {
    // The program has seen enough, and says so.
    if (error.code === 'EPIPE') return
    failure = { error }
    child.kill()
  })
  try {
    yield* child.stdout
    const how = await ended
    await feeding
    if (failure === undefined && how !== undefined) {
      throw damaged(path, `the ${program} data`, 0, said.trim().split('\n').at(-1) || how)
    }
  } finally {
    child.stdin.destroy()
    child.kill()
  }
  if (failure !== undefined) throw failure.error
}

/** The path of a program. Only absolute folders count, so that no file of the current folder is run. */
function findProgram(program: string, path: string): string {
  const folders = process.platform === 'win32' ? [] : (process.env.PATH ?? '').split(delimiter)
  for (const folder of folders) {
    if (!isAbsolute(folder)) continue
    const candidate = join(folder, program)
    try {
      accessSync(candidate, constants.X_OK)
      if (statSync(candidate).isFile()) return candidate
    } catch {
      // The next folder may have it.
    }
  }
  const others = program === 'zstd' ? ', or use Node 22.15 or later' : ''
  const error = new Error(
    `${path}: ${program} is needed to decompress it, and is not installed; install it${others}, or decompress the file first`,
  )
  throw Object.assign(error, { code: 'ENOENT' })
}
