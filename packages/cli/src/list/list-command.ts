// `onecopy list`: lists plugins, with their descriptions and parameters.

import { hasOwn } from '@onecopy/core/lane'
import { toJson } from '../result/json.js'
import { keyValues } from '../result/table.js'
import { type Colors, colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { writeNote, writeOut } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import type { ListedParam } from './describe-params.js'
import { type FailedModule, type FoundPlugin, findPlugins } from './find-plugins.js'

/** List the plugins. Returns the exit code: 1 only if the place itself cannot be loaded. */
export async function listCommand(place: string, isJson: boolean): Promise<number> {
  const findings = await findPlugins(place, process.cwd())
  if (hasOwn(findings, 'reason')) {
    writeNote(findings.text)
    if (isJson) await writeJson({ plugins: [], failed: [{ file: place, reason: findings.reason }] })
    return exitFailed
  }
  const { plugins, failed } = findings
  if (isJson) {
    await writeJson({
      plugins: plugins.map(dataOf),
      failed: failed.map(({ file, failure }) => ({ file, reason: failure.reason })),
    })
    return exitOk
  }
  const colors = colorsOf(process.stdout)
  if (plugins.length > 0) await writeOut(`${plugins.map((each) => describe(each, colors)).join('\n\n')}\n`)
  else
    writeNote(`onecopy: no plugins in ${place === '.' ? 'this folder' : printable(place)} (onecopy new NAME makes one)`)
  if (failed.length > 0) writeNote(`\n${failed.map(describeFailed).join('\n')}`)
  return exitOk
}

async function writeJson(document: object): Promise<void> {
  await writeOut(toJson(document))
  await writeOut('\n')
}

function dataOf({ plugin, reference }: FoundPlugin): object {
  const { name, description, params } = plugin
  return { name, description, reference, params: params.map(({ shown: _, ...param }) => param) }
}

function describe({ plugin, reference }: FoundPlugin, colors: Colors): string {
  const { name, description, params, hasSchema } = plugin
  const about = description === '' ? '' : `\n  ${printable(description)}`
  const head = `${colors.bold(printable(name))}  ${colors.dim(printable(reference))}${about}`
  if (params.length === 0) {
    return hasSchema ? `${head}\n  parameters: by a schema that does not say which there are` : head
  }
  const rows = params.map((param) => [printable(`--param ${param.name}=`), printable(describeParam(param))] as const)
  return `${head}\n${keyValues(rows, colors).replace(/^/gm, '  ')}`
}

function describeParam({ type, shown, required, description }: ListedParam): string {
  const need = shown !== undefined ? `default ${shown}` : required ? 'required' : 'optional'
  return `${type}, ${need}${description === undefined ? '' : `: ${description}`}`
}

function describeFailed({ file, failure }: FailedModule): string {
  return `${printable(file)} could not be loaded: ${printable(failure.reason)}`
}
