// The check itself: which laws apply to a plugin, the verdict on each, and the report.

import { checkInteger, readOptions, show } from '../base/check.js'
import { isOnecopyError } from '../base/errors.js'
import { hasOwn } from '../base/own-members.js'
import { longestMs } from '../base/runtime.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Engine } from '../engine/contract.js'
import type { DefinedPlugin, Plugin } from '../functions/contract.js'
import { isPlugin, notAPlugin } from '../functions/plugin.js'
import { describeThrown, summarize } from '../serialize/thrown.js'
import { type Case, casesOf, type FastCheck } from './cases.js'
import { loadFastCheck } from './fast-check.js'
import { folding, ownBytes } from './fold-laws.js'
import { type LawId, lawIds, needs, statementOf, usualCause } from './laws.js'
import { cloneable, deterministic, findMemory, inputUntouched, ownWindow } from './map-laws.js'
import { type AnySample, elementTypeOf, gatherMaterial, readSamples, toData } from './material.js'
import { associative, commutative, enough, freshValues, identity } from './reducer-laws.js'
import { BrokenLawsError, type CheckReport, counterexampleOf, type LawReport } from './report.js'
import { chunkSizes, isBorderToBlame, prefixCuts, skips, workers } from './run-laws.js'
import { type Finding, type Probe, search } from './search.js'
import { resize, Subject } from './subject.js'
import { chunkSize, Trial } from './trial.js'

/** Data for a check: a typed array or shared data. If the data is bytes, it may be text. */
export type Sample<T extends TypedArray = Uint8Array> = T | SharedData<T> | (Uint8Array extends T ? string : never)

/**
 * The options of a check. All are optional.
 *
 * @typeParam I - the plugin's parameters, as a run gives them
 * @typeParam Out - the plugin's answer
 * @typeParam T - the kind of data that the plugin takes
 */
export interface CheckOptions<I = unknown, Out = unknown, T extends TypedArray = Uint8Array> {
  /**
   * Data that the plugin is made for: one sample or several. The first 4096 elements of each are used. The cases are the
   * samples, parts of them, their records in other orders, and data made from their elements and from what the parameters hold.
   *
   * @default bytes, words, numbers and lines
   */
  readonly data?: Sample<T> | readonly Sample<T>[] | undefined
  /** The plugin's parameters, as for a run. */
  readonly params?: I | undefined
  /**
   * Tells whether two answers are equal. By default, they are compared by content. Integers must be equal. Other numbers may
   * differ by a billionth (elements of a Float32Array by 1e-5), because sums of floats round differently in other chunks.
   */
  readonly equal?: ((left: Out, right: Out) => boolean) | undefined
  /**
   * Cases per law; integer >= 1. If a case takes longer than 3 ms, there are fewer.
   *
   * @default 100
   */
  readonly runs?: number | undefined
  /**
   * The longest time that one run of the plugin over a case may take, in ms; integer >= 1. If it takes longer, the check
   * rejects, because with a promise that never settles the check would wait forever. An endless loop is not noticed, because it
   * blocks the thread.
   *
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * The seed of the cases; a 32-bit integer. The same seed makes the same cases again. The report contains it.
   *
   * @default another seed for each check
   */
  readonly seed?: number | undefined
  /** An engine that must give the same answers, for example one with threads. It loads the plugin from its module. */
  readonly engine?: Engine | undefined
  /**
   * Laws that the plugin does not promise, each with the reason:
   * `{ 'chunk-size': 'the leaves of a tree hash are its chunks' }`.
   */
  readonly except?: Readonly<Partial<Record<LawId, string>>> | undefined
}

/** The options as an argument. They are required if the plugin's parameters are required. */
export type CheckArguments<I, Out, T extends TypedArray> = undefined extends I
  ? [options?: CheckOptions<I, Out, T>]
  : [
      options: CheckOptions<I, Out, T> & {
        /** The plugin's parameters, as for a run. */
        readonly params: I
      },
    ]

const optionNames = ['data', 'params', 'equal', 'runs', 'timeoutMs', 'seed', 'engine', 'except'] as const
const defaultRuns = 100
const defaultTimeoutMs = 10_000

const probes: Readonly<Record<Exclude<LawId, 'borders'>, (trial: Trial, testCase: Case) => ReturnType<Probe>>> = {
  'input-untouched': inputUntouched,
  'own-window': ownWindow,
  deterministic,
  cloneable,
  'fresh-values': freshValues,
  'own-bytes': ownBytes,
  identity,
  associative,
  commutative,
  enough,
  folding,
  prefix: prefixCuts,
  workers,
  'chunk-size': chunkSizes,
  skips,
}

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
  const { data, params, equal, runs, timeoutMs, seed, engine, except } = readOptions(
    'options',
    options[0] as CheckOptions | undefined,
    optionNames,
  )
  if (equal !== undefined && typeof equal !== 'function') {
    throw new TypeError(`options.equal: expected a function, got ${show(equal)}`)
  }
  if (engine !== undefined && typeof (engine as Partial<Engine> | null)?.run !== 'function') {
    throw new TypeError(`options.engine: expected an engine, got ${show(engine)}`)
  }
  const settings: Settings = {
    runs: checkInteger('options.runs', runs ?? defaultRuns, 1),
    seed:
      seed === undefined
        ? Math.floor(Math.random() * 2 ** 31)
        : checkInteger('options.seed', seed, -(2 ** 31), 2 ** 31 - 1),
    except: checkExceptions(except),
  }
  // `as`: the kind of each sample is checked at run time.
  const samples = readSamples(data as AnySample | readonly AnySample[] | undefined)
  const longest = checkInteger('options.timeoutMs', timeoutMs ?? defaultTimeoutMs, 1, longestMs)
  const subject = new Subject(plugin as unknown as DefinedPlugin, params, equal, longest)
  // The first run reveals the chunker, and whether the parameters are accepted. It has no data, so it leaves the plugin's
  // module as it was.
  const first = await subject.results(toData(elementTypeOf(samples), []), 1)
  if (hasOwn(first, 'thrown') && !isOnecopyError(first.thrown)) throw first.thrown
  const trial = new Trial(subject, gatherMaterial(samples, subject.params, subject.chunker), engine)
  return await new Check(await loadFastCheck(), trial, settings).report()
}

interface Settings {
  readonly runs: number
  readonly seed: number
  readonly except: Readonly<Partial<Record<LawId, string>>>
}

function checkExceptions(except: CheckOptions['except']): Readonly<Partial<Record<LawId, string>>> {
  const exceptions = readOptions('options.except', except, lawIds)
  for (const [law, reason] of Object.entries(exceptions)) {
    if (typeof reason !== 'string' || reason === '') {
      throw new TypeError(`options.except.${law}: expected the reason as text, got ${show(reason)}`)
    }
  }
  return exceptions
}

/** One check. */
class Check {
  readonly #check: FastCheck
  readonly #trial: Trial
  readonly #settings: Settings
  readonly #laws = new Map<LawId, LawReport>()

  constructor(check: FastCheck, trial: Trial, settings: Settings) {
    this.#check = check
    this.#trial = trial
    this.#settings = settings
  }

  async report(): Promise<CheckReport> {
    const remembered = this.#reasonAgainst('deterministic') === undefined && (await findMemory(this.#trial))
    for (const law of lawIds) {
      if (law === 'borders') continue
      const reason = this.#reasonAgainst(law)
      if (reason !== undefined) {
        this.#skip(law, reason)
        if (law === 'chunk-size') this.#skip('borders', this.#reasonAgainst('borders') ?? reason)
      } else if (law === 'chunk-size') {
        await this.#checkChunkSizes()
      } else if (law === 'deterministic' && remembered) {
        this.#settle(law, remembered)
      } else {
        this.#settle(law, await this.#search(law))
      }
    }
    const laws = lawIds.map((law) => this.#laws.get(law)!)
    // A plugin whose reducer always throws breaks no law, but it has no answer.
    const isAnswered = this.#laws.get('workers')!.status === 'holds' || this.#reasonAgainst('workers') !== undefined
    return {
      plugin: this.#trial.subject.plugin.name,
      ok:
        isAnswered && laws.every(({ status }) => status !== 'broken') && laws.some(({ status }) => status === 'holds'),
      seed: this.#settings.seed,
      cases: laws.reduce((sum, { cases }) => sum + cases, 0),
      laws,
    }
  }

  #search(law: Exclude<LawId, 'borders'>): Promise<Finding> {
    const { runs, seed } = this.#settings
    const trial = this.#trial
    const simplest = trial.material.alphabets[0]![0]!
    const probe: Probe = async (testCase) =>
      trial.isEmpty(testCase) ? { untold: undefined } : await probes[law](trial, testCase)
    return search(this.#check, casesOf(this.#check, trial.material), probe, { runs, seed, simplest })
  }

  /** One search for two laws. If the answer changes with the chunk size, the data at a border may be the cause. */
  async #checkChunkSizes(): Promise<void> {
    const finding = await this.#search('chunk-size')
    const against = this.#reasonAgainst('borders')
    if (finding.broken === undefined) {
      this.#settle('chunk-size', finding)
      if (against !== undefined) this.#skip('borders', against)
      else this.#settle('borders', finding)
    } else if (against !== undefined) {
      this.#skip('borders', against)
      this.#settle('chunk-size', finding)
    } else if (await isBorderToBlame(this.#trial, finding.broken.case)) {
      this.#settle('borders', finding)
      this.#skip('chunk-size', 'the answer changes with what is at a border; fix that first')
    } else {
      this.#settle('chunk-size', finding)
      this.#skip('borders', 'the answer changes wherever the data is cut; fix that first')
    }
  }

  #skip(law: LawId, reason: string): void {
    this.#laws.set(law, { law, statement: this.#statement(law), status: 'not checked', cases: 0, reason })
  }

  #settle(law: LawId, { cases, broken, untold }: Finding): void {
    const about = { law, statement: this.#statement(law), cases }
    if (broken !== undefined) {
      const { case: testCase, violation } = broken
      const { subject } = this.#trial
      const chunker = resize(subject.chunker, chunkSize(testCase))
      const counterexample = counterexampleOf({ data: this.#trial.data(testCase), ...violation }, chunker)
      const cause = usualCause(law, chunker.kind, subject.isFold)
      this.#laws.set(law, { ...about, status: 'broken', counterexample, usualCause: cause })
    } else if (cases > 0) {
      this.#laws.set(law, { ...about, status: 'holds' })
    } else {
      const why =
        untold === undefined
          ? law === 'enough'
            ? 'no accumulator of the tested data is enough'
            : law === 'skips'
              ? 'nothing of the tested data is skipped'
              : 'no data was cut into enough chunks'
          : `it throws for all tested data, such as ${summarize(describeThrown(untold))}`
      this.#skip(law, `${why}; give data that the plugin is made for`)
    }
  }

  #statement(law: LawId): string {
    return statementOf(law, this.#trial.subject.isFold)
  }

  /** Why a law is not checked; undefined if it is checked. */
  #reasonAgainst(law: LawId): string | undefined {
    const { except } = this.#settings
    const excepted = except[law] ?? (law === 'borders' ? except['chunk-size'] : undefined)
    if (excepted !== undefined) return excepted
    return this.#doesNotApply(law) ?? this.#lacks(law)
  }

  #lacks(law: LawId): string | undefined {
    const broken = needs[law].filter((each) => this.#laws.get(each)?.status === 'broken')
    return broken.length === 0
      ? undefined
      : `${broken.join(' and ')} ${broken.length === 1 ? 'has' : 'have'} to hold first`
  }

  #doesNotApply(law: LawId): string | undefined {
    const { plugin, reduction, isFold } = this.#trial.subject
    if (law === 'own-bytes' || law === 'folding') return isFold ? undefined : 'it is about plugins that fold'
    if (law === 'own-window') return plugin.into === undefined ? 'the plugin does not write in place' : undefined
    if (law === 'prefix') return plugin.prefix === undefined ? 'the plugin has no first pass' : undefined
    const isOfReducer = !['input-untouched', 'deterministic', 'cloneable', 'workers', 'skips'].includes(law)
    if (!isOfReducer) return undefined
    if (reduction === undefined) {
      const isOfCuts = law === 'chunk-size' || law === 'borders'
      if (isOfCuts && plugin.into !== undefined) return undefined
      return isOfCuts ? 'there is no reducer, and the list has one result per chunk' : 'there is no reducer'
    }
    if (law === 'commutative' && reduction.order !== 'any')
      return "the reducer does not promise it: its order is 'index'"
    if (law === 'enough' && reduction.enough === undefined) return 'the reducer has no enough'
    if (reduction.init !== undefined) return undefined
    if (law === 'identity') return 'a bare merge function has no identity'
    return law === 'fresh-values' ? 'a bare merge function may use up what it is given' : undefined
  }
}
