// What the command prints about its runs: results or a JSON document on standard output, notes on standard error.

import { hasOwn, isError } from '@onecopy/core/lane'
import type { AnyPlugin, RunStats } from '@onecopy/node'
import { elementsOf } from '../input/element-types.js'
import { nameOf } from '../input/open-input.js'
import { completeParams } from '../input/read-params.js'
import { toJson } from '../result/json.js'
import { resultText } from '../result/result-text.js'
import { titleOf } from '../result/title.js'
import { withCleanPrototypes } from '../terminal/clean-prototypes.js'
import { type Colors, colorsOf } from '../terminal/colors.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import type { Interrupt } from '../terminal/interrupt.js'
import { isTerminal } from '../terminal/is-terminal.js'
import { formatBytes, formatCount, formatTime } from '../terminal/numbers.js'
import { writeNote, writeOut } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import { notesText, writeSkipped } from './notes.js'
import type { RunWishes } from './wishes.js'

/** The outcome for one file. */
export type Outcome = { readonly file: string; readonly bytes?: number; readonly stats?: RunStats | undefined } & (
  | { readonly result: unknown }
  | { readonly error: unknown }
)

/** What a report tells about all runs. */
export interface ReportSubject {
  readonly plugin: AnyPlugin
  readonly params: unknown
  readonly workers: number
  /** One line about a run. */
  summary(stats: RunStats): string
}

/** The JSON document for a plugin that could not be loaded. */
export function unloaded(error: object): string {
  return `{"plugin":null,"results":[],"ok":false,"error":${[...toJson(error)].join('')}}\n`
}

/** The report of one call of the command. */
export class RunReport {
  readonly #wishes: RunWishes
  readonly #interrupt: Interrupt
  readonly #about: ReportSubject
  readonly #colors: Colors
  readonly #errorColors: Colors
  /** The results by file, if they are printed as one table. */
  readonly #byFile = new Map<string, unknown>()
  /** Whether everything that belongs into a file could be written there. */
  isComplete = true
  /** Files whose outcome was reported. */
  #reported = 0

  constructor(wishes: RunWishes, interrupt: Interrupt, about: ReportSubject) {
    this.#wishes = wishes
    this.#interrupt = interrupt
    this.#about = about
    this.#colors = colorsOf(process.stdout)
    this.#errorColors = colorsOf(process.stderr)
  }

  /** Write what comes before the outcomes. */
  async begin(): Promise<void> {
    if (!this.#wishes.isJson) return
    const { name, url } = this.#about.plugin
    const head = {
      plugin: name,
      url,
      params: completeParams(this.#about.plugin, this.#about.params),
      workers: this.#about.workers,
    }
    await writeOut([...toJson(head)].join('').replace(/\}$/, ',"results":['))
  }

  /** Write the outcome for a file. */
  async add(outcome: Outcome): Promise<void> {
    const before = this.#reported++
    const { isJson, isQuiet, isByFile, together } = this.#wishes
    const { file, stats } = outcome
    // A result may have getters, which run code of the plugin.
    this.#interrupt.endAtOnceThisTurn()
    if (hasOwn(outcome, 'error')) {
      this.fail(file, outcome.error)
    }
    if (isJson) {
      await writeOut(before === 0 ? '\n' : ',\n')
      const { file: _, ...rest } = outcome
      const named = together === undefined ? outcome : { files: together, ...rest }
      await writeOut(
        this.#piecesOf(
          hasOwn(outcome, 'error')
            ? { ...named, error: failureData(outcome.error) }
            : { ...named, result: outcome.result ?? null },
        ),
      )
    } else if (isByFile) {
      if (hasOwn(outcome, 'result')) this.#byFile.set(nameOf(file), outcome.result)
    } else if (hasOwn(outcome, 'result') && this.#wishes.out === undefined) {
      await this.#writeResult(file, outcome.result)
    }
    if (stats !== undefined) this.#reportNotes(file, stats)
    if (stats !== undefined && hasOwn(outcome, 'result') && !isQuiet && isTerminal(process.stderr)) {
      writeNote(this.#errorColors.dim(this.#about.summary(stats)))
    }
  }

  async #writeResult(file: string, result: unknown): Promise<void> {
    const style = {
      colors: this.#colors,
      sort: this.#wishes.sort,
      title: titleOf(this.#about.plugin),
      isTerminal: isTerminal(process.stdout),
    }
    const text = withCleanPrototypes(() => resultText(result, style))
    const label = this.#colors.bold(`${nameOf(file)}:`)
    const isOne = this.#wishes.files.length === 1
    await writeOut(isOne ? `${text}\n` : text.includes('\n') ? `${label}\n${text}\n\n` : `${label} ${text}\n`)
  }

  /** Write the results of all files as one table, in the order of the files unless another one is asked for. */
  async #writeByFile(): Promise<void> {
    this.#interrupt.endAtOnceThisTurn()
    const style = {
      colors: this.#colors,
      sort: this.#wishes.sort ?? 'none',
      title: titleOf(this.#about.plugin),
      key: 'file',
      isTerminal: isTerminal(process.stdout),
    } as const
    await writeOut(`${withCleanPrototypes(() => resultText(this.#byFile, style))}\n`)
  }

  #reportNotes(file: string, stats: RunStats): void {
    const { isQuiet, skipped, only, sample } = this.#wishes
    if (!isQuiet && (only !== undefined || sample !== undefined)) {
      const of = `${formatCount(stats.chunks, 'chunk')} of it, ${formatBytes(stats.bytes)}`
      writeNote(`onecopy: ${nameOf(file)}: only ${of}`)
    }
    if (skipped !== undefined) this.#writeSkipped(skipped, file, stats)
    const text = isQuiet ? undefined : notesText(nameOf(file), stats, this.#errorColors)
    if (text !== undefined) writeNote(text)
  }

  /** What was skipped is lost if the disk is full, and the results are not. */
  #writeSkipped(path: string, file: string, stats: RunStats): void {
    if (!this.isComplete) return
    try {
      writeSkipped(path, file, stats)
    } catch (cause) {
      this.isComplete = false
      writeNote(
        `onecopy: --skipped: cannot write ${printable(path)}: ${isError(cause) ? cause.message : String(cause)}`,
      )
    }
  }

  /** The pieces of a JSON document, each made in a turn in which signals end the process at once. */
  *#piecesOf(document: object): Iterable<string> {
    for (const piece of toJson(document)) {
      yield piece
      this.#interrupt.endAtOnceThisTurn()
    }
  }

  /** Tell how far the run came that was interrupted, at a file. `hasEnd`: its length is known. */
  interrupted(file: string, stats: RunStats | undefined, doneBytes: number, hasEnd: boolean): void {
    const { files, resume, follow } = this.#wishes
    const done = this.#reported
    const far = stats === undefined ? 'before the run began' : `after ${formatTime(stats.elapsedMs)}`
    let how = ''
    if (stats !== undefined) {
      const share = stats.bytes === 0 ? 0 : (doneBytes / stats.bytes) * 100
      const ofAll = hasEnd ? ` of ${formatBytes(stats.bytes)} done (${Math.floor(share)} %)` : ' done'
      how = `: ${formatBytes(doneBytes)}${ofAll}`
    }
    const others = files.length === 1 ? '' : `; ${done} of ${formatCount(files.length, 'file')} finished before`
    const cure = resume === undefined && follow === undefined ? '' : '; the same command goes on'
    writeNote(`onecopy: cancelled ${far}, at ${nameOf(file)}${how}${others}${cure}`)
  }

  /** Tell why a file has no result. */
  fail(file: string, error: unknown): void {
    const { isFull } = this.#wishes
    const unit = elementsOf(this.#wishes).BYTES_PER_ELEMENT === 1 ? 'bytes' : 'elements'
    writeNote(failureText(error, { file: nameOf(file), url: this.#about.plugin.url, unit, isFull }, this.#errorColors))
  }

  /** Write what comes after the outcomes. */
  async end(isOk: boolean): Promise<void> {
    if (!this.#wishes.isJson) {
      if (this.#byFile.size > 0) await this.#writeByFile()
      return
    }
    await writeOut(`\n],"ok":${isOk}${this.#interrupt.exitCode === undefined ? '' : ',"cancelled":true'}}\n`)
  }
}

/** `1.07 GB in 0.4 s (2.7 GB/s) on 2 workers`, and what was not as usual. */
export function summaryOf({ bytes, elapsedMs, workers, retries, workersLost }: RunStats): string {
  const rate = elapsedMs > 0 ? ` (${formatBytes(bytes / (elapsedMs / 1000))}/s)` : ''
  const trouble =
    workersLost > 0 ? `; ${formatCount(workersLost, 'thread')} lost, ${formatCount(retries, 'chunk')} run again` : ''
  return `${formatBytes(bytes)} in ${formatTime(elapsedMs)}${rate} on ${formatCount(workers, 'worker')}${trouble}`
}
