// The law checker's doors: check a plugin, and throw or report.

import { isOnecopyError } from '../base/errors.js'
import { hasOwn } from '../base/own-members.js'
import type { TypedArray } from '../data/typed-array.js'
import { isPlugin, notAPlugin } from '../functions/plugin.js'
import type { DefinedPlugin, Plugin } from '../functions/plugin-contract.js'
import { Check } from './check.js'
import { type CheckArguments, type CheckOptions, readCheckOptions } from './check-options.js'
import { loadFastCheck } from './fast-check.js'
import { elementTypeOf, gatherMaterial, toData } from './material.js'
import { BrokenLawsError, type CheckReport } from './report.js'
import { Subject } from './subject.js'
import { Trial } from './trial.js'

/**
 * Check the laws that a plugin must keep, so that its answer is the same on any engine. In a test, one line is enough.
 *
 * Runs the plugin in this thread over many small inputs, with [fast-check](https://fast-check.dev), which must be installed. A
 * property test finds a broken law only if one of its cases shows it. So give data that the plugin is made for.
 *
 * @returns the report, if no law is broken
 * @throws {BrokenLawsError} laws are broken, or the plugin throws for every input. The message lists each broken law with a
 *   small counterexample and the usual cause
 * @throws {TypeError | RangeError} an option is wrong, or the plugin refuses the parameters
 * @throws {Error} a run of the plugin does not settle in time, or fast-check is not installed
 * @example
 * test('wordCount keeps the laws', () => checkPlugin(wordCount, { data: 'some words\nand more\n' }))
 */
export async function checkPlugin<P, R, Out, T extends TypedArray, I>(
  plugin: Plugin<P, R, Out, T, I>,
  ...options: CheckArguments<I, Out, T>
): Promise<CheckReport> {
  const report = await findBrokenLaws(plugin, ...options)
  if (!report.ok) throw new BrokenLawsError(report)
  return report
}

/**
 * Like {@link checkPlugin}, but it returns the report even if laws are broken.
 *
 * @throws {TypeError | RangeError} an option is wrong, or the plugin refuses the parameters
 * @throws {Error} a run of the plugin does not settle in time, or fast-check is not installed
 * @example console.log(describeReport(await findBrokenLaws(plugin)))
 */
export async function findBrokenLaws<P, R, Out, T extends TypedArray, I>(
  plugin: Plugin<P, R, Out, T, I>,
  ...options: CheckArguments<I, Out, T>
): Promise<CheckReport> {
  if (!isPlugin(plugin)) throw notAPlugin('plugin', 'what definePlugin returns', plugin)
  // `as`: the caller's types cover the parameters and the data.
  const given = options[0] as CheckOptions | undefined
  const { settings, samples, params, equal, longest, engine } = readCheckOptions(given)
  const subject = new Subject(plugin as unknown as DefinedPlugin, params, equal, longest)
  // The first run reveals the chunker, and whether the parameters are accepted. It has no data, so it leaves the plugin's
  // module as it was.
  const first = await subject.results(toData(elementTypeOf(samples), []), 1)
  if (hasOwn(first, 'thrown') && !isOnecopyError(first.thrown)) throw first.thrown
  const trial = new Trial(subject, gatherMaterial(samples, subject.params, subject.chunker), engine)
  return await new Check(await loadFastCheck(), trial, settings).report()
}
