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
import { elementsOf } from '../input/element-types.js'
import { noteFormat, startsOf } from '../input/known-format.js'
import { nameOf, openInput, openTogether } from '../input/open-input.js'
import { completeParams, readParams } from '../input/read-params.js'
import { noteOwnSize, resizeChunks } from '../input/resize-chunks.js'
import { isUrlName } from '../input/url-name.js'
import { checkWrittenFiles } from '../input/written-files.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { guardExit } from '../terminal/exit-guard.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import { type Interrupt, listenForInterrupt } from '../terminal/interrupt.js'
import { readerLeft, standardOutput, writeNote, writeOut } from '../terminal/output.js'
import { UsageError } from '../terminal/usage-error.js'
import { watchReducer } from '../terminal/watch-reducer.js'
import { type ClusterRuns, createClusterRuns } from './cluster-runs.js'
import { beginSkippedFile, mostInFile } from './notes.js'
import { createProgressBar } from './progress-bar.js'
import { type Outcome, RunReport, summaryOf, unloaded } from './run-report.js'
import type { RunWishes } from './wishes.js'
import { givesList, writeOutFile } from './write-out.js'

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

/** Of files that are run together, most notes about their formats. */
const mostNotes = 3

class RunCommand {
  readonly #wishes: RunWishes
  readonly #interrupt: Interrupt
  readonly #plugin: AnyPlugin
  /** The same, for runs. */
  readonly #watched: AnyPlugin
  readonly #params: unknown
  readonly #engine: Engine
  readonly #cluster: ClusterRuns | undefined
  readonly #report: RunReport
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
    const summary = (stats: RunStats): string => cluster?.summary(stats) ?? summaryOf(stats)
    this.#report = new RunReport(wishes, interrupt, { plugin, params, workers: engine.workers, summary })
  }

  async execute(): Promise<number> {
    const { files } = this.#wishes
    const chunks = this.#chooseChunks()
    this.#checkOptions(chunks)
    this.#checkFiles()
    if (this.#wishes.skipped !== undefined) beginSkippedFile(this.#wishes.skipped)
    if (this.#cluster !== undefined && this.#wishes.cluster?.isDetached)
      return await this.#submit(this.#cluster, chunks)
    await this.#report.begin()
    let isOk = true
    for (const file of files) {
      const outcome = await this.#runFile(file, chunks)
      if (this.#interrupt.signal.aborted) {
        if (this.#interrupt.exitCode !== undefined) {
          const doneBytes = this.#progress?.doneBytes ?? 0
          this.#report.interrupted(file, outcome.stats, doneBytes, outcome.bytes !== undefined)
        }
        isOk = false
        break
      }
      await this.#report.add(outcome)
      if (hasOwn(outcome, 'error') || !this.#report.isComplete) isOk = false
    }
    await this.#report.end(isOk)
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

  #checkFiles(): void {
    const { out, skipped, trace, files, together, folder } = this.#wishes
    const written = [
      { option: '--out', path: out === standardOutput ? undefined : out, mayBeInput: true },
      { option: '--skipped', path: skipped },
      { option: '--trace', path: trace },
    ]
    checkWrittenFiles(written, { inputs: together ?? files, folder, plugin: this.#plugin.url })
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
        const data = await openInput(file, this.#wishes, this.#interrupt.signal, { all: '--cluster' })
        await writeOut(`${await cluster.submit(data, this.#watched, this.#options(chunks, {}))}\n`)
      } catch (error) {
        isOk = false
        this.#report.fail(file, error)
      }
    }
    return isOk ? exitOk : exitFailed
  }

  /** What needs all of the data at once; undefined if nothing does. */
  get #needsAll(): string | undefined {
    const { only, sample, resume, follow, cluster } = this.#wishes
    const wishes = { only, sample, resume, follow, cluster }
    const option = Object.entries(wishes).find(([, wish]) => wish !== undefined)
    if (option !== undefined) return `--${option[0]}`
    // `as`: a plugin has all that it was defined with.
    const { prefix, into } = this.#plugin as DefinedPlugin
    if (prefix !== undefined) return 'the first pass of the plugin'
    return into === undefined ? undefined : 'the output of the plugin'
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
    const { isQuiet, files, together } = this.#wishes
    this.#progress = undefined
    let bytes: number | undefined
    let stats: RunStats | undefined
    try {
      const onStart = (start: Uint8Array): void => this.#noteFormats([file], [start])
      const needs = { all: this.#needsAll, onStart, isQuiet }
      const data =
        together === undefined
          ? await openInput(file, this.#wishes, this.#interrupt.signal, needs)
          : await openTogether(together, this.#wishes)
      // The length of a stream is known when it has ended.
      const isKnown = data.byteLength !== Number.POSITIVE_INFINITY
      if (isKnown) bytes = data.byteLength
      if (!isQuiet && !isUrlName(file)) this.#noteFormats(together ?? [file], startsOf(data))
      const bar = createProgressBar(files.length > 1 ? `${nameOf(file)}  ` : '', !isQuiet, isKnown)
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
        return {
          file,
          bytes: bytes ?? run.stats?.bytes ?? 0,
          stats: run.stats,
          result: isOutput ? answer.view() : answer,
        }
      } finally {
        stats = run.stats
        bar.stop()
      }
    } catch (error) {
      return { file, ...(bytes === undefined ? {} : { bytes }), stats, error }
    }
  }

  /** Print a note for inputs that have a known other format. They are read in any case. */
  #noteFormats(files: readonly string[], starts: readonly Uint8Array[]): void {
    const { isQuiet, isDecompressed, together } = this.#wishes
    if (isQuiet) return
    // `as`: a plugin has all that it was defined with.
    const { chunks } = this.#plugin as DefinedPlugin
    const chunker = typeof chunks === 'function' ? chunks(completeParams(this.#plugin, this.#params)) : chunks
    const align = chunker?.kind === 'delimited' ? chunker.align : undefined
    const how = { command: 'run', isDecompressed, isTogether: together !== undefined, align } as const
    const notes = starts.flatMap((start, i) => {
      // `!`: there is a file for each start.
      const file = files[i]!
      return noteFormat(start, { file, name: nameOf(file), ...how }) ?? []
    })
    for (const note of notes.slice(0, mostNotes)) writeNote(note)
    const more = notes.length - mostNotes
    if (more > 0) writeNote(`onecopy: ${more} other ${more === 1 ? 'file begins' : 'files begin'} in such a way`)
  }
}
