// `onecopy merge`: puts the parts of a job together, and prints the result.

import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Assembly } from '@onecopy/core'
import { type AnyPlugin, decodePart, type Part } from '@onecopy/node'
import { quoted } from '../input/known-format.js'
import { nameOf } from '../input/open-input.js'
import { completeParams } from '../input/read-params.js'
import type { Sort } from '../result/entries.js'
import { toJson } from '../result/json.js'
import { resultText } from '../result/result-text.js'
import { titleOf } from '../result/title.js'
import { withCleanPrototypes } from '../terminal/clean-prototypes.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import { type Interrupt, listenForInterrupt } from '../terminal/interrupt.js'
import { isTerminal } from '../terminal/is-terminal.js'
import { readerLeft, writeNote, writeOut } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'
import { type Job, type JobWishes, loadJobPlugin, openJob } from './job.js'
import { guessMissing } from './span.js'

/** The options of the command. */
export interface MergeWishes extends JobWishes {
  /** Files, and folders of files. */
  readonly parts: readonly string[]
  readonly sort: Sort
  readonly isJson: boolean
}

/** At most so many missing spans are named one by one. */
const mostNamed = 16

/** Merge the parts. Returns the exit code. */
export async function mergeCommand(wishes: MergeWishes): Promise<number> {
  let plugin: AnyPlugin | undefined
  let interrupt: Interrupt | undefined
  try {
    plugin = await loadJobPlugin(wishes)
    interrupt = listenForInterrupt(readerLeft)
    const job = await openJob(wishes, plugin, interrupt)
    const isAll = await addParts(wishes, job)
    if (!isAll) return await fail(wishes, plugin, new Error('not all parts are there'))
    await report(wishes, plugin, job, interrupt)
    return interrupt.exitCode ?? exitOk
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (interrupt?.exitCode !== undefined) return interrupt.exitCode
    const context = plugin === undefined ? {} : { file: nameOf(wishes.file), url: plugin.url }
    writeNote(failureText(error, { ...context, isFull: wishes.isFull }, colorsOf(process.stderr)))
    return await fail(wishes, plugin, error)
  }
}

/** Add all parts. Returns whether the job is complete; if not, it has said why. */
async function addParts(wishes: MergeWishes, { assembly }: Job): Promise<boolean> {
  const paths = await filesOf(wishes)
  const there: { readonly path: string; readonly part: Part }[] = []
  let isBad = false
  const refuse = (path: string, error: unknown): void => {
    isBad = true
    writeNote(failureText(error, { file: printable(path), isFull: wishes.isFull }, colorsOf(process.stderr)))
  }
  for (const path of paths) {
    try {
      there.push({ path, part: decodePart(await readFile(resolve(wishes.folder, path))) })
    } catch (error) {
      refuse(path, error)
    }
  }
  // Where parts overlap, the larger one is the better one.
  there.sort((a, b) => chunksIn(b.part) - chunksIn(a.part))
  const taken: Part[] = []
  for (const { path, part } of there) {
    try {
      if (assembly.add(part)) taken.push(part)
    } catch (error) {
      refuse(path, error)
    }
  }
  if (isBad) return false
  const missing = assembly.missing()
  if (missing.length === 0) return true
  writeNote(missingText(wishes, assembly, taken, paths[0]))
  return false
}

/** The files that the arguments mean. */
async function filesOf({ parts, folder }: MergeWishes): Promise<string[]> {
  const paths: string[] = []
  for (const each of parts) {
    const path = resolve(folder, each)
    const stats = await stat(path).catch(() => undefined)
    if (stats?.isDirectory() !== true) paths.push(each)
    else {
      // Names with a dot are of files that are not whole yet.
      const names = (await readdir(path)).filter((name) => !name.startsWith('.'))
      paths.push(...names.sort().map((name) => join(each, name)))
    }
  }
  return paths
}

function chunksIn({ ranges }: Part): number {
  return ranges.reduce((sum, edge, at) => sum + (at % 2 === 0 ? -edge : edge), 0)
}

/** Names what is missing, and the commands that make it. */
function missingText(
  wishes: MergeWishes,
  assembly: Assembly<unknown>,
  taken: readonly Part[],
  first: string | undefined,
): string {
  const { plan, unit } = assembly
  const missing = assembly.missing()
  const there = taken
    .filter(({ ranges }) => ranges.length === 2)
    .map(({ ranges: [from = 0, to = 0] }) => ({ from, to }))
  const areSimple = taken.every(({ ranges }) => ranges.length <= 2)
  const guessed = areSimple ? guessMissing(there, missing, plan.count, unit) : undefined
  const spans =
    guessed?.map(({ index, of }) => ({ span: `${index}/${of}`, name: `${index}.part` })) ??
    missing.map(({ from, to }) => ({ span: `${from}-${to}`, name: `${from}-${to}.part` }))
  const folder = first === undefined ? (wishes.parts[0] ?? '.') : dirname(first)
  const commands = spans.slice(0, mostNamed).map(({ span, name }) => `  ${partCall(wishes, span, join(folder, name))}`)
  if (spans.length > mostNamed) commands.push(`  … and ${spans.length - mostNamed} more`)
  const chunks = missing.slice(0, 8).map(({ from, to }) => (to - from === 1 ? `${from}` : `${from} to ${to - 1}`))
  if (missing.length > 8) chunks.push('…')
  return `onecopy: parts are missing: of ${plan.count} chunks, ${chunks.join(', ')}. To make them:\n${commands.join('\n')}`
}

/** The call of `onecopy part` that makes a span, for a shell. */
function partCall(wishes: MergeWishes, span: string, out: string): string {
  const { plugin, file, param, params, type, offset, chunkBytes, seed, identity } = wishes
  const words = [
    'onecopy',
    'part',
    plugin,
    file,
    '--span',
    span,
    '--out',
    out,
    ...param.flatMap((each) => ['--param', each]),
    ...(params === undefined ? [] : ['--params', params]),
    ...(type === undefined ? [] : ['--type', type]),
    ...(offset === undefined ? [] : ['--offset', String(offset)]),
    ...(chunkBytes === undefined ? [] : ['--chunk-size', String(chunkBytes)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(identity === undefined ? [] : ['--identity', identity]),
  ]
  return printable(words.map(quoted).join(' '))
}

async function report(wishes: MergeWishes, plugin: AnyPlugin, job: Job, interrupt: Interrupt): Promise<void> {
  // The reducer's `finish` runs here, and getters of the result.
  interrupt.endAtOnceThisTurn()
  const result = job.assembly.result()
  const { file, sort, isJson } = wishes
  if (isJson) {
    const results = [{ file, bytes: job.data.byteLength, result: result ?? null }]
    const { name, url } = plugin
    const document = { plugin: name, url, params: completeParams(plugin, job.options.params), results, ok: true }
    await writeOut(toJson(document))
    await writeOut('\n')
    return
  }
  const style = {
    colors: colorsOf(process.stdout),
    sort,
    title: titleOf(plugin),
    isTerminal: isTerminal(process.stdout),
  }
  await writeOut(`${withCleanPrototypes(() => resultText(result, style))}\n`)
}

/** The end of a merge without a result. */
async function fail(wishes: MergeWishes, plugin: AnyPlugin | undefined, error: unknown): Promise<number> {
  if (wishes.isJson) {
    const results = plugin === undefined ? [] : [{ file: wishes.file, error: failureData(error) }]
    await writeOut(toJson({ plugin: plugin?.name ?? null, url: plugin?.url, results, ok: false }))
    await writeOut('\n')
  }
  return exitFailed
}
