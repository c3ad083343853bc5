// The check itself: which laws apply to a plugin, the verdict on each, and the report.

import { describeThrown, summarize } from '../serialize/thrown.js'
import { type Case, casesOf, type FastCheck } from './cases.js'
import type { Settings } from './check-options.js'
import { folding, ownBytes } from './fold-laws.js'
import { type LawId, lawIds, needs, statementOf, usualCause } from './laws.js'
import { cloneable, deterministic, findMemory, inputUntouched, ownWindow } from './map-laws.js'
import { associative, commutative, enough, freshValues, identity } from './reducer-laws.js'
import { type CheckReport, counterexampleOf, type LawReport } from './report.js'
import { chunkSizes, isBorderToBlame, prefixCuts, skips, workers } from './run-laws.js'
import { type Finding, type Probe, search } from './search.js'
import { resize } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

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

/** One check. */
export class Check {
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
      // Searching for a smaller counterexample makes empty cases.
      trial.isEmpty(testCase) ? { untold: undefined } : await probes[law](trial, testCase)
    const cases = (): ReturnType<typeof casesOf> =>
      casesOf(this.#check, trial.material).filter((testCase) => !trial.isEmpty(testCase))
    return search(this.#check, cases, probe, { runs, seed, simplest })
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
