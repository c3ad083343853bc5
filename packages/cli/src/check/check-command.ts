// `onecopy check`: checks the laws that a plugin must keep, and prints a verdict on each.

import type { LawId } from '@onecopy/core/testing'
import type { TypedArray } from '@onecopy/node'
import type { InputWishes } from '../input/element-types.js'
import { noteFormat, startsOf } from '../input/known-format.js'
import { nameOf, openInput } from '../input/open-input.js'
import { toJson } from '../result/json.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import { readerLeft, writeNote, writeOut } from '../terminal/output.js'
import { PluginThread } from '../terminal/plugin-thread.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'
import type { CheckMessage, CheckRequest } from './check-worker.js'
import { watchPulse } from './watch-pulse.js'

/** The options of the command. */
export interface CheckWishes extends InputWishes {
  readonly plugin: string
  readonly file: string | undefined
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly runs: number | undefined
  readonly timeoutMs: number | undefined
  readonly seed: number | undefined
  /** Each `law=reason`. */
  readonly except: readonly string[]
  readonly isJson: boolean
  readonly isFull: boolean
}

/** At most this many elements of FILE are used. */
const mostElements = 4096
/** The default limit for one case, and the limit for loading the plugin, in ms. `--timeout` sets the limit for a case. */
const defaultTimeoutMs = 10_000

/** Check the plugin. Returns the exit code. */
export async function checkCommand(wishes: CheckWishes): Promise<number> {
  const { plugin, file, isJson, isFull } = wishes
  const errorColors = colorsOf(process.stderr)
  const pulse = new SharedArrayBuffer(4)
  const request: CheckRequest = {
    plugin,
    param: wishes.param,
    params: wishes.params,
    runs: wishes.runs,
    timeoutMs: wishes.timeoutMs,
    seed: wishes.seed,
    except: readExceptions(wishes.except),
    isFull,
    isColored: colorsOf(process.stdout).isColorSupported,
    isErrorColored: errorColors.isColorSupported,
    pulse,
  }
  const thread = new PluginThread<CheckMessage>(new URL('./check-worker.js', import.meta.url), request)
  const watch = watchPulse(pulse, () => thread.end())
  let name: string | undefined
  const fail = async (text: string, error: object): Promise<number> => {
    writeNote(text)
    if (isJson) await writeOut([...toJson({ plugin: name ?? null, ok: false, cases: 0, laws: [], error }), '\n'])
    return exitFailed
  }
  try {
    watch.allow(defaultTimeoutMs)
    let message = await thread.next()
    if (message?.kind === 'loaded') {
      name = message.name
      watch.stop()
      thread.answer(file === undefined ? undefined : await readSample(file, wishes))
      watch.allow(wishes.timeoutMs ?? defaultTimeoutMs)
      message = await thread.next()
    }
    watch.stop()
    switch (message?.kind) {
      case 'usage':
        throw new UsageError(message.message)
      case 'failure':
        return await fail(message.text, message.error)
      case 'report': {
        await writeOut(`${isJson ? message.json : message.text}\n`)
        if (file === undefined && message.isOk && !isJson) {
          writeNote(
            `The data was made up. With data as the plugin is made for, more is found: onecopy check ${printable(plugin)} FILE`,
          )
        }
        return message.isOk ? exitOk : exitFailed
      }
      default: {
        const why = watch.isSilent ? silenceOf(name, plugin, watch.mostMs) : endOf(name, plugin)
        return await fail(`${errorColors.red('onecopy:')} ${printable(why)}`, { name: 'Error', message: why })
      }
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    return await fail(failureText(error, { isFull }, errorColors), failureData(error))
  } finally {
    watch.stop()
    thread.end()
  }
}

/** The message about a plugin that did not return in time. */
function silenceOf(name: string | undefined, reference: string, ms: number): string {
  if (name === undefined) return `${reference} was not loaded in ${ms} ms: its module does not come to an end`
  return (
    `plugin ${JSON.stringify(name)}: a run did not come back in ${ms} ms. Usually: map or the reducer loops without end; ` +
    'if it is only slow, give it more time (--timeout) or less data.'
  )
}

function endOf(name: string | undefined, reference: string): string {
  const doing = `${reference} was ${name === undefined ? 'loaded' : 'checked'}`
  return `the process ended while ${doing}: it calls process.exit, or awaits what never comes`
}

/** The first elements of FILE. An error names the file. */
async function readSample(file: string, wishes: InputWishes): Promise<TypedArray> {
  try {
    const data = await openInput(file, wishes, readerLeft, { all: 'onecopy check' })
    const { isDecompressed } = wishes
    for (const start of startsOf(data)) {
      const note = noteFormat(start, { file, name: nameOf(file), command: 'check', isDecompressed })
      if (note !== undefined) writeNote(note)
    }
    const reader = data.open()
    try {
      return reader.view(0, Math.min(data.length, mostElements)).slice()
    } finally {
      reader.close()
    }
  } catch (cause) {
    // `as`: errors of the file system have a code.
    const { code, message } = cause as NodeJS.ErrnoException
    throw Object.assign(new Error(`${nameOf(file)}: ${message}`, { cause }), { code })
  }
}

function readExceptions(given: readonly string[]): Readonly<Partial<Record<LawId, string>>> {
  const exceptions = given.map((each) => {
    const equals = each.indexOf('=')
    if (equals < 1 || equals === each.length - 1) {
      throw new UsageError(`--except: expected law=reason, got ${JSON.stringify(each)}`)
    }
    return [each.slice(0, equals), each.slice(equals + 1)]
  })
  // `as`: the check refuses names that are not laws.
  return Object.fromEntries(exceptions) as Partial<Record<LawId, string>>
}
