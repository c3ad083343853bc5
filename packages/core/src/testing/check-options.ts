// The options of a check.

import { checkInteger, readOptions, show } from '../base/check.js'
import { longestMs } from '../base/runtime.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Engine } from '../engine/contract.js'
import { type LawId, lawIds } from './laws.js'
import { type AnySample, readSamples } from './material.js'

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
   * The seed of the cases; a 32-bit integer. The same seed makes the same cases again, in the same order. A
   * busy machine tries fewer of them. The report contains it.
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

/** How laws are checked. */
export interface Settings {
  /** Cases per law. */
  readonly runs: number
  readonly seed: number
  readonly except: Readonly<Partial<Record<LawId, string>>>
}

/** The options of a check, checked. */
export interface ReadCheckOptions extends Pick<CheckOptions, 'params' | 'equal' | 'engine'> {
  readonly settings: Settings
  readonly samples: ReturnType<typeof readSamples>
  /** The longest time that one run of the plugin over a case may take, in ms. */
  readonly longest: number
}

/**
 * The options of a check, with defaults filled in.
 *
 * @throws {TypeError | RangeError} one of them is wrong
 */
export function readCheckOptions(given: CheckOptions | undefined): ReadCheckOptions {
  const { data, params, equal, runs, timeoutMs, seed, engine, except } = readOptions('options', given, optionNames)
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
  return { settings, samples, params, equal, longest, engine }
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
