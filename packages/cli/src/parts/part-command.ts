// `onecopy part`: runs a plugin over a span of a file's chunks, and writes the part.

import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type AnyPlugin, createEngine, writePart } from '@onecopy/node'
import { elementsOf } from '../input/element-types.js'
import { nameOf } from '../input/open-input.js'
import { checkWrittenFiles } from '../input/written-files.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { failureText } from '../terminal/failure-text.js'
import { type Interrupt, listenForInterrupt } from '../terminal/interrupt.js'
import { isTerminal } from '../terminal/is-terminal.js'
import { formatCount } from '../terminal/numbers.js'
import { writeNote } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'
import { type JobWishes, loadJobPlugin, openJob } from './job.js'
import { spanAt, type WrittenSpan } from './span.js'

/** The options of the command. */
export interface PartWishes extends JobWishes {
  readonly span: WrittenSpan
  readonly out: string
  readonly workers: number | undefined
  readonly timeoutMs: number | undefined
  readonly retries: number | undefined
}

/** Run the span. Returns the exit code. */
export async function partCommand(wishes: PartWishes): Promise<number> {
  let plugin: AnyPlugin | undefined
  let interrupt: Interrupt | undefined
  try {
    plugin = await loadJobPlugin(wishes)
    // Not earlier: while a module is loaded, which may never end, signals must keep their default effect.
    interrupt = listenForInterrupt(new AbortController().signal)
    await runSpan(wishes, plugin, interrupt)
    return exitOk
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (interrupt?.exitCode !== undefined) {
      writeNote(`onecopy: cancelled, and no part of ${nameOf(wishes.file)} was written`)
      return interrupt.exitCode
    }
    const unit = elementsOf(wishes).BYTES_PER_ELEMENT === 1 ? 'bytes' : 'elements'
    const file = plugin === undefined ? undefined : nameOf(wishes.file)
    writeNote(failureText(error, { file, url: plugin?.url, unit, isFull: wishes.isFull }, colorsOf(process.stderr)))
    return exitFailed
  }
}

async function runSpan(wishes: PartWishes, loaded: AnyPlugin, interrupt: Interrupt): Promise<void> {
  const { workers, timeoutMs, retries, folder } = wishes
  const out = resolve(folder, wishes.out)
  checkWrittenFiles([{ option: '--out', path: out }], { inputs: [wishes.file], folder, plugin: loaded.url })
  const { plugin, data, options, assembly } = await openJob(wishes, loaded, interrupt)
  const { plan, unit } = assembly
  const span = 'of' in wishes.span ? spanAt(wishes.span.index, wishes.span.of, plan.count, unit) : wishes.span
  const engine = createEngine({ workers })
  try {
    interrupt.endAtOnceThisTurn()
    const run = createPart()
    const part = await run
    await mkdir(dirname(out), { recursive: true })
    await writePart(out, part)
    if (!wishes.isQuiet && isTerminal(process.stderr)) {
      const chunks = `${formatCount(span.to - span.from, 'chunk')} of ${plan.count}`
      writeNote(colorsOf(process.stderr).dim(`${chunks} in ${printable(wishes.out)}`))
    }
  } finally {
    await engine.close()
  }

  function createPart() {
    try {
      return engine.part(data, plugin, span, {
        ...options,
        signal: interrupt.signal,
        chunkTimeoutMs: timeoutMs,
        retries,
      })
    } catch (cause) {
      // `as`: a wrong call throws nothing else. The span is outside of the file's chunks, for instance.
      throw new UsageError((cause as Error).message.replace(/^span\./, '--span: '), { cause })
    }
  }
}
