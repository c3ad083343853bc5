// The inputs of a run. Files are read where they are. Data that comes only once (standard input, pipes) is run while it arrives.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { file, files, http, load, type SharedData } from '@onecopy/node'
import { printable } from '../terminal/printable.js'
import { elementsOf, type InputWishes } from './element-types.js'
import { type OnceNeeds, openOnce } from './open-once.js'
import { isADirectory, type LeavableStream, openStandardInput, openStream } from './open-stream.js'
import { standardInput } from './standard-input.js'
import { isUrlName, shownName } from './url-name.js'

/** A file name for people. A name may hold any byte but 0 and /. */
export function nameOf(file: string): string {
  if (isUrlName(file)) return printable(shownName(file))
  return file === standardInput ? 'standard input' : printable(file)
}

/**
 * Open an input.
 *
 * @param name - a path, `-`, or a URL
 * @param needs - if all of the data must be there at once, what comes only once goes into memory
 * @throws {Error} it cannot be opened, is a directory, or is not a whole number of elements
 */
export async function openInput(
  name: string,
  wishes: InputWishes,
  signal: AbortSignal,
  needs: OnceNeeds = {},
): Promise<SharedData> {
  try {
    const once = (source: LeavableStream): Promise<SharedData> =>
      openOnce(source, nameOf(name), wishes, mayDecompress(name, wishes), needs, signal)
    if (name === standardInput) return await once(openStandardInput())
    if (isUrlName(name)) return await http(name, elementsOf(wishes), { offset: wishes.offset ?? 0, signal })
    const path = resolve(wishes.folder, name)
    const stats = await stat(path)
    if (stats.isDirectory()) throw isADirectory()
    if (!stats.isFile()) return await once(await openStream(path, stats, signal))
    if (wishes.encoding !== undefined) return await once(createReadStream(path))
    const data = await openFile(path, wishes)
    const isSuitable = needs.all === undefined || data.length !== Number.POSITIVE_INFINITY
    return isSuitable ? data : await once(createReadStream(path))
  } catch (cause) {
    throw explain(cause)
  }
}

/**
 * Open several inputs as one data.
 *
 * @throws {Error} one of them cannot be opened, is no file, or is not a whole number of elements
 */
export async function openTogether(names: readonly string[], wishes: InputWishes): Promise<SharedData> {
  try {
    const paths = names.map((name) => resolve(wishes.folder, name))
    const decompress = mayDecompress('', wishes) ? 'auto' : false
    return await files(paths, elementsOf(wishes), { offset: wishes.offset, decompress })
  } catch (cause) {
    // Unlike the error of one input, this one has to say which it is.
    // Ours, of this realm.
    if (cause instanceof RangeError) throw explain(cause)
    throw cause
  }
}

async function openFile(path: string, wishes: InputWishes): Promise<SharedData> {
  const Elements = elementsOf(wishes)
  const options = { offset: wishes.offset }
  try {
    const isDecompressed = mayDecompress(path, wishes)
    return isDecompressed
      ? await file(path, Elements, { ...options, decompress: 'auto' })
      : file(path, Elements, options)
  } catch (cause) {
    // Its size is not known, because the system generates the content while it is read (/proc, /sys). This error is of this
    // package and realm, so `instanceof` is right.
    if (cause instanceof TypeError) return await load(path, Elements, options)
    throw cause
  }
}

/** Numbers may begin with any bytes. So a file of numbers is decompressed only if its name says that it is compressed. */
function mayDecompress(path: string, { type = 'u8', isDecompressed }: InputWishes): boolean {
  return isDecompressed && (type === 'u8' || /\.(gz|bgz|zst|br|xz|bz2)$/.test(path))
}

/**
 * An error about an input in the command's words: without the file name, which is printed anyway, and with the names of
 * options.
 */
function explain(cause: unknown): unknown {
  // Ours, of this realm.
  if (cause instanceof RangeError) {
    const message = cause.message.replace(/^Elements: /, '--type: ').replace(/^offset: /, '--offset: ')
    return Object.assign(new Error(message, { cause }), { code: 'EINVAL' })
  }
  // `as`: errors of the file system have a code and a number.
  const { code, errno } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException
  const [, text] = getSystemErrorMap().get(errno ?? 0) ?? []
  return text === undefined ? cause : Object.assign(new Error(`cannot open it: ${text} (${code})`, { cause }), { code })
}
