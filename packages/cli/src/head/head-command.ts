// `onecopy head`: runs a plugin on the first chunks of an input, one by one.

import type { DefinedPlugin } from '@onecopy/core'
import { ChunkRanges } from '@onecopy/core/host'
import { isSharedMemory } from '@onecopy/core/lane'
import { type AnyPlugin, assemble, createEngine, isOnecopyError, loadPlugin, type SharedData } from '@onecopy/node'
import { elementsOf, type InputWishes } from '../input/element-types.js'
import { nameOf, openInput } from '../input/open-input.js'
import { completeParams, readParams } from '../input/read-params.js'
import { resizeChunks } from '../input/resize-chunks.js'
import { resultText } from '../result/result-text.js'
import { titleOf } from '../result/title.js'
import { withCleanPrototypes } from '../terminal/clean-prototypes.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { guardExit } from '../terminal/exit-guard.js'
import { failureText } from '../terminal/failure-text.js'
import { type Interrupt, listenForInterrupt } from '../terminal/interrupt.js'
import { isTerminal } from '../terminal/is-terminal.js'
import { formatBytes, formatCount, formatTime } from '../terminal/numbers.js'
import { readerLeft, writeNote, writeOut } from '../terminal/output.js'
import { UsageError } from '../terminal/usage-error.js'

/** The options of the command. */
export interface HeadWishes extends InputWishes {
  readonly plugin: string
  readonly file: string
  readonly param: readonly string[]
  readonly params: string | undefined
  /** How many chunks are run. */
  readonly chunks: number
  /** The workers of the estimate. */
  readonly workers: number | undefined
  readonly chunkBytes: number | undefined
  readonly timeoutMs: number | undefined
  readonly seed: number | undefined
  readonly isFull: boolean
}

/** What came of one chunk. */
interface Tried {
  readonly bytes: number
  readonly ms: number
}

/** Run the plugin on the first chunks. Returns the exit code. */
export async function headCommand(wishes: HeadWishes): Promise<number> {
  const { file, isFull } = wishes
  let plugin: AnyPlugin
  try {
    plugin = await guardExit(`${wishes.plugin} was loaded`, () => loadPlugin(wishes.plugin))
  } catch (error) {
    // A wrong call: the argument cannot name a plugin. The error is of our packages and this realm, so `instanceof` is right.
    if (error instanceof TypeError && !isOnecopyError(error)) throw new UsageError(error.message, { cause: error })
    writeNote(failureText(error, { isFull }, colorsOf(process.stderr)))
    return exitFailed
  }
  const params = readParams(plugin, wishes)
  const interrupt = listenForInterrupt(readerLeft)
  try {
    const data = await openInput(file, wishes, interrupt.signal, { all: 'onecopy head' })
    await tryChunks(wishes, plugin, params, data, interrupt)
    return interrupt.exitCode ?? exitOk
  } catch (error) {
    if (readerLeft.aborted) return exitOk
    if (interrupt.exitCode !== undefined) return interrupt.exitCode
    const unit = elementsOf(wishes).BYTES_PER_ELEMENT === 1 ? 'bytes' : 'elements'
    writeNote(failureText(error, { file: nameOf(file), url: plugin.url, unit, isFull }, colorsOf(process.stderr)))
    return exitFailed
  }
}

async function tryChunks(
  wishes: HeadWishes,
  plugin: AnyPlugin,
  params: unknown,
  data: SharedData,
  interrupt: Interrupt,
): Promise<void> {
  const { timeoutMs: chunkTimeoutMs, seed, workers } = wishes
  const colors = colorsOf(process.stdout)
  const style = { colors, title: titleOf(plugin), isTerminal: isTerminal(process.stdout) }
  interrupt.endAtOnceThisTurn()
  const options = {
    ...chunksOf(wishes, plugin, params),
    // `as`: only the plugin knows the types of its parameters; the engine checks them.
    ...(params === undefined ? {} : { params: params as object }),
    ...(seed === undefined ? {} : { seed }),
  }
  const { plan } = assemble(data, plugin, options)
  const { count } = plan
  const reader = data.open()
  // Where records of CSV start follows from all bytes before, so their chunks are counted as they are cut by size.
  const ranges = plan.kind === 'csv' ? undefined : new ChunkRanges(plan, reader)
  // One worker, because two chunks at once would disturb each other's times.
  const engine = createEngine({ workers: 1 })
  const tried: Tried[] = []
  try {
    for (let index = 0; index < count && tried.length < wishes.chunks; index++) {
      interrupt.endAtOnceThisTurn()
      // A chunk in which no record starts is not called.
      if (ranges?.find(index) === false) continue
      const run = engine.run(data, plugin, { ...options, chunkTimeoutMs, signal: interrupt.signal, only: [index] })
      let ms: number | undefined
      run.on('trace', (events) => {
        for (const event of events) if (event.kind === 'chunk') ms = (ms ?? 0) + event.ms
      })
      const answer: unknown = await run
      if (ms === undefined) continue
      const elementBytes = elementsOf(wishes).BYTES_PER_ELEMENT
      const bytes = ranges === undefined ? (run.stats?.bytes ?? 0) : (ranges.end - ranges.start) * elementBytes
      tried.push({ bytes, ms })
      const isOutput = typeof answer === 'object' && answer !== null && isSharedMemory(answer)
      interrupt.endAtOnceThisTurn()
      const text = withCleanPrototypes(() => resultText(isOutput ? answer.view() : answer, style))
      await writeOut(`${colors.bold(`chunk ${index}`)} (${formatBytes(bytes)}, ${timeText(ms)}):\n${text}\n\n`)
    }
    await writeOut(`${estimate(data.byteLength, count, tried, workers ?? createdWorkers())}\n`)
  } finally {
    reader.close()
    await engine.close()
  }
}

/** How many workers an engine has if nobody says it: one per core. */
function createdWorkers(): number {
  const engine = createEngine()
  void engine.close()
  return engine.workers
}

function chunksOf({ chunkBytes, ...wishes }: HeadWishes, plugin: AnyPlugin, params: unknown): object {
  if (chunkBytes === undefined) return {}
  // `as`: a plugin has all that it was defined with.
  const defined = plugin as DefinedPlugin
  const { BYTES_PER_ELEMENT } = elementsOf({ ...wishes })
  return { chunks: resizeChunks(defined, completeParams(plugin, params), chunkBytes, BYTES_PER_ELEMENT).chunks }
}

/** Short times with more digits: a chunk often takes less than a millisecond. */
function timeText(ms: number): string {
  return ms < 10 ? `${ms.toPrecision(2)} ms` : formatTime(ms)
}

/** How long the whole takes, if it goes on as it began. */
function estimate(byteLength: number, count: number, tried: readonly Tried[], workers: number): string {
  if (tried.length === 0) return 'no chunk has anything: there is nothing to estimate'
  // The first chunk is slower than the others, because the code is not compiled yet.
  const measured = tried.length > 1 ? tried.slice(1) : tried
  const bytes = measured.reduce((acc, each) => acc + each.bytes, 0)
  const ms = measured.reduce((acc, each) => acc + each.ms, 0)
  const whole = ((ms / bytes) * byteLength) / Math.min(workers, count)
  const size = `${formatBytes(byteLength)} in ${formatCount(count, 'chunk')}`
  return `the whole, ${size}: about ${timeText(whole)} on ${formatCount(workers, 'worker')}, if it goes on like this`
}
