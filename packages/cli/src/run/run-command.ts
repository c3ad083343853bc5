// `onecopy run`: runs a plugin over files, with one result per file.

import type { DefinedPlugin } from '@onecopy/core'
import { hasOwn, isError, isSharedMemory } from '@onecopy/core/lane'
import {
  type AnyPlugin,
  alloc,
  createEngine,
  type Engine,
  isOnecopyError,
  loadPlugin,
  type Progress,
  type Run,
  type RunStats,
  type SharedData,
  writeTrace,
} from '@onecopy/node'
import { elementsOf, type InputWishes } from '../input/element-types.js'
import { noteFormat } from '../input/known-format.js'
import { nameOf, openInput } from '../input/open-input.js'
import { completeParams, readParams } from '../input/read-params.js'
import { noteOwnSize, resizeChunks } from '../input/resize-chunks.js'
import type { Sort } from '../result/entries.js'
import { toJson } from '../result/json.js'
import { resultText } from '../result/result-text.js'
import { titleOf } from '../result/title.js'
import { withCleanPrototypes } from '../terminal/clean-prototypes.js'
import { type Colors, colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { guardExit } from '../terminal/exit-guard.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import { type Interrupt, listenForInterrupt } from '../terminal/interrupt.js'
import { isTerminal } from '../terminal/is-terminal.js'
import { formatBytes, formatCount, formatTime } from '../terminal/numbers.js'
import { readerLeft, writeNote, writeOut } from '../terminal/output.js'
import { UsageError } from '../terminal/usage-error.js'
import { watchReducer } from '../terminal/watch-reducer.js'
import { type ClusterRuns, type ClusterWishes, createClusterRuns } from './cluster-runs.js'
import { beginSkippedFile, mostInFile, notesText, writeSkipped } from './notes.js'
import { createProgressBar } from './progress-bar.js'
import { givesList, writeOutFile } from './write-out.js'

/** The options of the command. */
export interface RunWishes extends InputWishes {
  readonly plugin: string
  readonly files: readonly string[]
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly workers: number | undefined
  readonly chunkBytes: number | undefined
  readonly timeoutMs: number | undefined
  readonly retries: number | undefined
  readonly seed: number | undefined
  readonly maxSkipped: number | undefined
  /** The file for what was skipped, absolute. */
  readonly skipped: string | undefined
  /** The file for the results, absolute; undefined: they are printed. */
  readonly out: string | undefined
  readonly only: readonly number[] | undefined
  readonly sample: number | undefined
  /** The file for the trace, absolute. */
  readonly trace: string | undefined
  /** The folder for the finished parts of the run, absolute. */
  readonly resume: string | undefined
  /** The same, for a file that grows. */
  readonly follow: string | undefined
  readonly verifyPrefix: boolean
  readonly sort: Sort
  /** Where to run; undefined: on this machine. */
  readonly cluster: ClusterWishes | undefined
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isFull: boolean
}

/** The outcome for one file. */
type Outcome = { readonly file: string; readonly bytes?: number; readonly stats?: RunStats | undefined } & (
  | { readonly result: unknown }
  | { readonly error: unknown }
)

/** Run the plugin. Returns the exit code. */
export async function runCommand(wishes: RunWishes): Promise<number> {
  const document = wishes.isJson ? (message: string): string => unloaded({ name: 'Error', message }) : undefined
  let plugin: AnyPlugin
  try {
    plugin = await guardExit(`${wishes.plugin} was loaded`, () => loadPlugin(wishes.plugin), document)
  } catch (error) {
    // A wrong call: the argument cannot name a plugin. The error is of our packages and this realm, so `instanceof` is right.
    if (error instanceof TypeError && !isOnecopyError(error)) throw new UsageError(error.message, { cause: error })
    writeNote(failureText(error, { isFull: wishes.isFull }, colorsOf(process.stderr)))
    if (wishes.isJson) await writeOut(unloaded(failureData(error)))
    return exitFailed
  }
  const params = readParams(plugin, wishes)
  // Not earlier: while a module is loaded, which may never end, signals must keep their default effect.
  const interrupt = listenForInterrupt(readerLeft)
  const engine = createEngine({ workers: wishes.workers })
  try {
    const cluster = wishes.cluster === undefined ? undefined : await createClusterRuns(wishes.cluster, wishes.isQuiet)
    return await new RunCommand(wishes, interrupt, plugin, params, engine, cluster).execute()
  } finally {
    await engine.close()
  }
}

/** The JSON document for a plugin that could not be loaded. */
function unloaded(error: object): string {
  return `{"plugin":null,"results":[],"ok":false,"error":${[...toJson(error)].join('')}}\n`
}

class RunCommand {
  readonly #wishes: RunWishes
  readonly #interrupt: Interrupt
  readonly #plugin: AnyPlugin
  /** The same, for runs. */
  readonly #watched: AnyPlugin
  readonly #params: unknown
  readonly #engine: Engine
  readonly #cluster: ClusterRuns | undefined
  readonly #colors: Colors
  readonly #errorColors: Colors
  #progress: Progress | undefined

  constructor(
    wishes: RunWishes,
    interrupt: Interrupt,
    plugin: AnyPlugin,
    params: unknown,
    engine: Engine,
    cluster: ClusterRuns | undefined,
  ) {
    this.#wishes = wishes
    this.#interrupt = interrupt
    this.#plugin = plugin
    this.#watched = watchReducer(plugin, () => interrupt.endAtOnceThisTurn())
    this.#params = params
    this.#engine = engine
    this.#cluster = cluster
    this.#colors = colorsOf(process.stdout)
    this.#errorColors = colorsOf(process.stderr)
  }

  async execute(): Promise<number> {
    const { files, isJson } = this.#wishes
    const chunks = this.#chooseChunks()
    this.#checkOptions(chunks)
    if (this.#wishes.skipped !== undefined) beginSkippedFile(this.#wishes.skipped)
    if (this.#cluster !== undefined && this.#wishes.cluster?.isDetached)
      return await this.#submit(this.#cluster, chunks)
    if (isJson) await this.#writeJsonHead()
    let done = 0
    let isOk = true
    for (const file of files) {
      const outcome = await this.#runFile(file, chunks)
      if (this.#interrupt.signal.aborted) {
        if (this.#interrupt.exitCode !== undefined) this.#noteInterrupt(file, outcome, done)
        isOk = false
        break
      }
      if (hasOwn(outcome, 'error')) isOk = false
      await this.#report(outcome, done++)
    }
    if (isJson)
      await writeOut(`\n],"ok":${isOk}${this.#interrupt.exitCode === undefined ? '' : ',"cancelled":true'}}\n`)
    // A reader that stops reading has got what it wanted.
    if (readerLeft.aborted) return exitOk
    return this.#interrupt.exitCode ?? (isOk ? exitOk : exitFailed)
  }

  #chooseChunks(): object {
    const { chunkBytes } = this.#wishes
    this.#interrupt.endAtOnceThisTurn()
    if (chunkBytes === undefined) return {}
    // `as`: a plugin has all that it was defined with.
    const plugin = this.#plugin as DefinedPlugin
    const { chunks, ownSize } = resizeChunks(
      plugin,
      completeParams(plugin, this.#params),
      chunkBytes,
      elementsOf(this.#wishes).BYTES_PER_ELEMENT,
    )
    if (!this.#wishes.isQuiet) noteOwnSize(plugin.name, ownSize, chunkBytes)
    return { chunks }
  }

  /** Nothing runs here. If the plugin refuses its parameters, that is reported once and not per file. */
  #checkOptions(chunks: object): void {
    try {
      this.#createRun(this.#engine, alloc(elementsOf(this.#wishes), 0), chunks)
    } catch (cause) {
      throw new UsageError(isError(cause) ? cause.message : String(cause), { cause })
    }
  }

  /** @param folders - the options about the folder for parts */
  #createRun(place: Pick<Engine, 'run'>, data: SharedData, chunks: object, folders: object = {}): Run<unknown> {
    const { out } = this.#wishes
    const options = this.#options(chunks, folders)
    const isListed = out !== undefined && place === this.#engine && Object.keys(folders).length === 0
    // Such results are written while the run goes on.
    return isListed && givesList(this.#plugin)
      ? this.#engine.map(data, this.#watched, options)
      : place.run(data, this.#watched, options)
  }

  #options(chunks: object, folders: object): object {
    const { timeoutMs, retries, seed, maxSkipped, skipped, sample } = this.#wishes
    // The schema and `chunks` of the plugin run here.
    this.#interrupt.endAtOnceThisTurn()
    return {
      ...chunks,
      ...folders,
      // `as`: only the plugin knows the types of its parameters; the engine checks them.
      ...(this.#params === undefined ? {} : { params: this.#params as object }),
      signal: this.#interrupt.signal,
      chunkTimeoutMs: timeoutMs,
      retries,
      seed,
      ...(sample === undefined ? {} : { sample }),
      skip: { most: maxSkipped, ...(skipped === undefined ? {} : { list: mostInFile }) },
    }
  }

  /** Put a job per file into the queue, and do not wait for it. Returns the exit code. */
  async #submit(cluster: ClusterRuns, chunks: object): Promise<number> {
    let isOk = true
    for (const file of this.#wishes.files) {
      try {
        const data = await openInput(file, this.#wishes, this.#interrupt.signal)
        await writeOut(`${await cluster.submit(data, this.#watched, this.#options(chunks, {}))}\n`)
      } catch (error) {
        isOk = false
        const context = { file: nameOf(file), url: this.#plugin.url, unit: this.#unit, isFull: this.#wishes.isFull }
        writeNote(failureText(error, context, this.#errorColors))
      }
    }
    return isOk ? exitOk : exitFailed
  }

  /** Not checked before the run, because the numbers depend on the file. */
  #chosen(): object {
    const { only } = this.#wishes
    return only === undefined ? {} : { only }
  }

  #folders(): object {
    const { resume, follow, verifyPrefix } = this.#wishes
    if (follow !== undefined) return { incremental: follow, verifyPrefix }
    return resume === undefined ? {} : { checkpoint: resume }
  }

  async #runFile(file: string, chunks: object): Promise<Outcome> {
    const { isQuiet, files } = this.#wishes
    this.#progress = undefined
    let bytes: number | undefined
    let stats: RunStats | undefined
    try {
      const data = await openInput(file, this.#wishes, this.#interrupt.signal)
      bytes = data.byteLength
      if (!isQuiet) this.#noteFormat(file, data)
      const bar = createProgressBar(files.length > 1 ? `${nameOf(file)}  ` : '', !isQuiet)
      const special = { ...this.#folders(), ...this.#chosen() }
      const run = this.#createRun(this.#cluster ?? this.#engine, data, chunks, special)
      if (this.#wishes.trace !== undefined) writeTrace(run, this.#wishes.trace)
      run.on('progress', (progress) => {
        this.#progress = progress
        bar.update(progress)
      })
      try {
        const { out } = this.#wishes
        const answer: unknown = out === undefined ? await run : await writeOutFile(out, run)
        // What a plugin has written in place is shown as the array that it is.
        const isOutput = typeof answer === 'object' && answer !== null && isSharedMemory(answer)
        return { file, bytes, stats: run.stats, result: isOutput ? answer.view() : answer }
      } finally {
        stats = run.stats
        bar.stop()
      }
    } catch (error) {
      return { file, ...(bytes === undefined ? {} : { bytes }), stats, error }
    }
  }

  /** Print a note if the input has a known other format. It is read in any case. */
  #noteFormat(file: string, data: SharedData): void {
    // `as`: a plugin has all that it was defined with.
    const { chunks } = this.#plugin as DefinedPlugin
    const chunker = typeof chunks === 'function' ? chunks(completeParams(this.#plugin, this.#params)) : chunks
    const align = chunker?.kind === 'delimited' ? chunker.align : undefined
    const note = noteFormat(file, nameOf(file), data, 'run', align)
    if (note !== undefined) writeNote(note)
  }

  get #unit(): 'bytes' | 'elements' {
    return elementsOf(this.#wishes).BYTES_PER_ELEMENT === 1 ? 'bytes' : 'elements'
  }

  async #writeJsonHead(): Promise<void> {
    const { name, url } = this.#plugin
    const head = {
      plugin: name,
      url,
      params: completeParams(this.#plugin, this.#params),
      workers: this.#engine.workers,
    }
    await writeOut([...toJson(head)].join('').replace(/\}$/, ',"results":['))
  }

  async #report(outcome: Outcome, before: number): Promise<void> {
    const { isJson, isQuiet, isFull, files } = this.#wishes
    const { file, stats } = outcome
    // A result may have getters, which run code of the plugin.
    this.#interrupt.endAtOnceThisTurn()
    if (hasOwn(outcome, 'error')) {
      const context = { file: nameOf(file), url: this.#plugin.url, unit: this.#unit, isFull }
      writeNote(failureText(outcome.error, context, this.#errorColors))
    }
    if (isJson) {
      await writeOut(before === 0 ? '\n' : ',\n')
      await writeOut(
        this.#piecesOf(
          hasOwn(outcome, 'error')
            ? { ...outcome, error: failureData(outcome.error) }
            : { ...outcome, result: outcome.result ?? null },
        ),
      )
    } else if (hasOwn(outcome, 'result') && this.#wishes.out === undefined) {
      const style = {
        colors: this.#colors,
        sort: this.#wishes.sort,
        title: titleOf(this.#plugin),
        isTerminal: isTerminal(process.stdout),
      }
      const text = withCleanPrototypes(() => resultText(outcome.result, style))
      const label = this.#colors.bold(`${nameOf(file)}:`)
      await writeOut(
        files.length === 1 ? `${text}\n` : text.includes('\n') ? `${label}\n${text}\n\n` : `${label} ${text}\n`,
      )
    }
    if (stats !== undefined) this.#reportNotes(file, stats)
    if (stats !== undefined && hasOwn(outcome, 'result') && !isQuiet && isTerminal(process.stderr)) {
      writeNote(this.#errorColors.dim(this.#cluster?.summary(stats) ?? summaryOf(stats)))
    }
  }

  #reportNotes(file: string, stats: RunStats): void {
    const { isQuiet, skipped, only, sample } = this.#wishes
    if (!isQuiet && (only !== undefined || sample !== undefined)) {
      const of = `${formatCount(stats.chunks, 'chunk')} of it, ${formatBytes(stats.bytes)}`
      writeNote(`onecopy: ${nameOf(file)}: only ${of}`)
    }
    if (skipped !== undefined) writeSkipped(skipped, file, stats)
    const text = isQuiet ? undefined : notesText(nameOf(file), stats, this.#errorColors)
    if (text !== undefined) writeNote(text)
  }

  /** The pieces of a JSON document, each made in a turn in which signals end the process at once. */
  *#piecesOf(document: object): Iterable<string> {
    for (const piece of toJson(document)) {
      yield piece
      this.#interrupt.endAtOnceThisTurn()
    }
  }

  #noteInterrupt(file: string, { stats }: Outcome, done: number): void {
    const { files } = this.#wishes
    const { doneBytes = 0, bytes = 0 } = this.#progress ?? {}
    const far = stats === undefined ? 'before the run began' : `after ${formatTime(stats.elapsedMs)}`
    const share = bytes === 0 ? 0 : (doneBytes / bytes) * 100
    const how =
      stats === undefined
        ? ''
        : `: ${formatBytes(doneBytes)} of ${formatBytes(stats.bytes)} done (${Math.floor(share)} %)`
    const others = files.length === 1 ? '' : `; ${done} of ${formatCount(files.length, 'file')} finished before`
    const cure =
      hasOwn(this.#folders(), 'checkpoint') || hasOwn(this.#folders(), 'incremental')
        ? '; the same command goes on'
        : ''
    writeNote(`onecopy: cancelled ${far}, at ${nameOf(file)}${how}${others}${cure}`)
  }
}

/** `1.07 GB in 0.4 s (2.7 GB/s) on 2 workers`, and what was not as usual. */
export function summaryOf({ bytes, elapsedMs, workers, retries, workersLost }: RunStats): string {
  const rate = elapsedMs > 0 ? ` (${formatBytes(bytes / (elapsedMs / 1000))}/s)` : ''
  const trouble =
    workersLost > 0 ? `; ${formatCount(workersLost, 'thread')} lost, ${formatCount(retries, 'chunk')} run again` : ''
  return `${formatBytes(bytes)} in ${formatTime(elapsedMs)}${rate} on ${formatCount(workers, 'worker')}${trouble}`
}
