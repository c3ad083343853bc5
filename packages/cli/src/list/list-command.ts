// `onecopy list`: plugins, with what they are and the parameters that they take.

import { type Colors, colorsOf } from '../colors.js'
import { exitFailed, exitOk } from '../exit-codes.js'
import { failureText } from '../failure-text.js'
import { writeNote, writeOut } from '../output.js'
import { toJson } from '../result/json.js'
import { cell } from '../result/result-text.js'
import { keyValues } from '../result/table.js'
import { type FailedModule, type Findings, type FoundPlugin, findPlugins } from './find-plugins.js'

/** List the plugins; the exit code: 1 only where the place itself cannot be loaded. */
export async function listCommand(place: string, isJson: boolean): Promise<number> {
  let findings: Findings
  try {
    findings = await findPlugins(place, process.cwd())
  } catch (error) {
    writeNote(failureText(error, {}, colorsOf(process.stderr)))
    return exitFailed
  }
  const { plugins, failed } = findings
  if (isJson) {
    const document = {
      plugins: plugins.map(dataOf),
      failed: failed.map(({ file, error }) => ({ file, reason: reasonOf(error) })),
    }
    await writeOut(toJson(document))
    await writeOut('\n')
    return exitOk
  }
  const colors = colorsOf(process.stdout)
  if (plugins.length > 0) await writeOut(`${plugins.map((each) => describe(each, colors)).join('\n\n')}\n`)
  else writeNote(`onecopy: no plugins in ${place === '.' ? 'this folder' : place} (onecopy new NAME makes one)`)
  if (failed.length > 0) writeNote(`\n${failed.map(describeFailed).join('\n')}`)
  return exitOk
}

function dataOf({ plugin, reference }: FoundPlugin): object {
  const { name, description, params } = plugin
  return {
    name,
    description,
    reference,
    params: paramsOf(params).map(([key, value]) => ({ name: key, type: typeOf(value), default: value })),
  }
}

function describe({ plugin, reference }: FoundPlugin, colors: Colors): string {
  const { name, description, params } = plugin
  const head = `${colors.bold(name)}  ${colors.dim(reference)}${description === '' ? '' : `\n  ${description}`}`
  const rows = paramsOf(params).map(
    ([key, value]) => [`--param ${key}=`, `${typeOf(value)}, default ${inQuotes(value)}`] as const,
  )
  if (rows.length === 0)
    return plugin.schema === undefined ? head : `${head}\n  parameters: by a schema, none by default`
  return `${head}\n${keyValues(rows, colors).replace(/^/gm, '  ')}`
}

function paramsOf(params: unknown): [string, unknown][] {
  return typeof params === 'object' && params !== null ? Object.entries(params) : []
}

function inQuotes(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : cell(value)
}

/** What kind of value a parameter takes, as `--param` reads it. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'any'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? (value.constructor?.name ?? 'object').replace(/^Object$/, 'object') : typeof value
}

function describeFailed({ file, error }: FailedModule): string {
  return `${file} could not be loaded: ${reasonOf(error)}`
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
