// What every law is tested with: the plugin, and data of the right kind for each case.

import type { TypedArray } from '../data/typed-array.js'
import type { Engine } from '../engine/contract.js'
import type { Case } from './cases.js'
import type { LawId } from './laws.js'
import { type Material, toData } from './material.js'
import type { Subject } from './subject.js'

/** A case has at most this many chunks. */
const mostChunks = 200

/** The plugin under test, and what cases are made from. */
export class Trial {
  readonly subject: Subject
  readonly material: Material
  /** An engine of the user's that must give the same answers. */
  readonly engine: Engine | undefined
  /** Whether a result changed with time. If so, smaller cases must wait too. */
  isClockSeen = false
  /** Whether the answer changed with the order of arrival. If so, smaller cases need the right order too. */
  isOrderSeen = false
  /** Whether the engine gave another answer. If so, it also runs smaller cases. */
  isEngineOff = false
  readonly #counts = new Map<LawId, number>()

  constructor(subject: Subject, material: Material, engine: Engine | undefined) {
    this.subject = subject
    this.material = material
    this.engine = engine
  }

  /** The data of a case. */
  data(testCase: Case): TypedArray {
    return toData(this.material.elementType, testCase.elements)
  }

  /** Whether the data of a case is too short for a single chunk. Then nothing is called, and the case tells nothing. */
  isEmpty({ elements }: Case): boolean {
    const { header, length } = this.material.layout ?? { header: 0, length: 1 }
    return elements.length < header + length
  }

  /** How often this method was called before for this law. */
  count(law: LawId): number {
    const count = this.#counts.get(law) ?? 0
    this.#counts.set(law, count + 1)
    return count
  }
}

/** The chunk size of a case, at least so large that a long sample is not cut into too many chunks. */
export function chunkSize({ elements, size }: Case): number {
  return Math.max(size, Math.ceil(elements.length / mostChunks))
}
