// The job that parts belong to: the plugin, the file, and the options that all of its parts have in common.

import type { Assembly, DefinedPlugin, PartOptions } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import {
  type AnyPlugin,
  assemble,
  digestPlugin,
  type FileData,
  isOnecopyError,
  loadPlugin,
  type SharedData,
} from '@onecopy/node'
import { elementsOf, type InputWishes } from '../input/element-types.js'
import { openInput } from '../input/open-input.js'
import { completeParams, type GivenParams, readParams } from '../input/read-params.js'
import { noteOwnSize, resizeChunks } from '../input/resize-chunks.js'
import { guardExit } from '../terminal/exit-guard.js'
import type { Interrupt } from '../terminal/interrupt.js'
import { UsageError } from '../terminal/usage-error.js'
import { watchReducer } from '../terminal/watch-reducer.js'

/** The options that the commands for parts have in common. */
export interface JobWishes extends InputWishes, GivenParams {
  readonly plugin: string
  readonly file: string
  readonly chunkBytes: number | undefined
  readonly seed: number | undefined
  readonly identity: string | undefined
  readonly isQuiet: boolean
  readonly isFull: boolean
}

/** A job, ready to run parts of or to merge them. */
export interface Job {
  readonly plugin: AnyPlugin
  readonly data: SharedData
  /** The options for `engine.part` and `assemble`. */
  readonly options: PartOptions & { readonly params?: object }
  readonly assembly: Assembly<unknown>
}

/**
 * Load the plugin.
 *
 * @throws {UsageError} the argument cannot name a plugin
 */
export async function loadJobPlugin(wishes: JobWishes): Promise<AnyPlugin> {
  try {
    return await guardExit(`${wishes.plugin} was loaded`, () => loadPlugin(wishes.plugin))
  } catch (error) {
    // The error is of our packages and this realm, so `instanceof` is right.
    if (error instanceof TypeError && !isOnecopyError(error)) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

/**
 * Open the job's file, and begin its assembly.
 *
 * @throws {UsageError} parameters or options are wrong
 * @throws {Error} the file cannot be opened
 */
export async function openJob(wishes: JobWishes, loaded: AnyPlugin, interrupt: Interrupt): Promise<Job> {
  const params = readParams(loaded, wishes)
  const data = await openInput(wishes.file, wishes, interrupt.signal)
  if (!isFile(data)) {
    throw Object.assign(new Error('it is no regular file, so other processes cannot read the same bytes'), {
      code: 'EINVAL',
    })
  }
  const digest = await digestPlugin(loaded.url)
  const plugin = watchReducer(loaded, () => interrupt.endAtOnceThisTurn())
  const { chunkBytes, seed, identity } = wishes
  // The schema and `chunks` of the plugin run here.
  interrupt.endAtOnceThisTurn()
  try {
    const options = {
      ...(chunkBytes === undefined ? {} : { chunks: resized(loaded, params, chunkBytes, wishes) }),
      // `as`: only the plugin knows the types of its parameters; the engine checks them.
      ...(params === undefined ? {} : { params: params as object }),
      ...(seed === undefined ? {} : { seed }),
      digest,
      identity,
    }
    return { plugin, data, options, assembly: assemble(data, plugin, options) }
  } catch (cause) {
    throw new UsageError(isError(cause) ? cause.message : String(cause), { cause })
  }
}

/** Whether the data is a file that other processes can open as well. */
function isFile(data: SharedData): data is FileData & SharedData {
  return typeof data.identity === 'string'
}

function resized(plugin: AnyPlugin, params: unknown, chunkBytes: number, wishes: JobWishes) {
  // `as`: a plugin has all that it was defined with.
  const defined = plugin as DefinedPlugin
  const { BYTES_PER_ELEMENT } = elementsOf(wishes)
  const { chunks, ownSize } = resizeChunks(defined, completeParams(plugin, params), chunkBytes, BYTES_PER_ELEMENT)
  if (!wishes.isQuiet) noteOwnSize(plugin.name, ownSize, chunkBytes)
  return chunks
}
