// What every law is tried with: the plugin, and data of the right kind for each case.

import type { TypedArray } from '../data/typed-array.js'
import type { Engine } from '../engine/contract.js'
import type { Case } from './cases.js'
import type { LawId } from './laws.js'
import { type Material, toData } from './material.js'
import type { Subject } from './subject.js'

/** Most chunks of a case. */
const mostChunks = 200

/** The plugin under test with what cases are made of. */
export class Trial {
  readonly subject: Subject
  readonly material: Material
  /** An engine of the user's that has to give the same answers. */
  readonly engine: Engine | undefined
  /** Whether a result changed while time went by: smaller cases then have to wait, too. */
  isClockSeen = false
  /** Whether the answer changed with the order of arrival: smaller cases need the right order, too. */
  isOrderSeen = false
  /** Whether the engine has given another answer: it is asked in smaller cases, too. */
  isEngineOff = false
  readonly #counts = new Map<LawId, number>()

  constructor(subject: Subject, material: Material, engine: Engine | undefined) {
    this.subject = subject
    this.material = material
    this.engine = engine
  }

  /** The data of a case. */
  data(of: Case): TypedArray {
    return toData(this.material.elementType, of.elements)
  }

  /** Whether a case's data is too short for a single chunk: nothing is called, and nothing can be told. */
  isEmpty({ elements }: Case): boolean {
    const { header, size } = this.material.layout ?? { header: 0, size: 1 }
    return elements.length < header + size
  }

  /** How often this has been asked about a law, from 0. */
  count(law: LawId): number {
    const count = this.#counts.get(law) ?? 0
    this.#counts.set(law, count + 1)
    return count
  }
}

/** The size of a case's chunks: a long sample is not cut into too many. */
export function chunkSize({ elements, size }: Case): number {
  return Math.max(size, Math.ceil(elements.length / mostChunks))
}
