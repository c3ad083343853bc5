// What the gallery found out, and the JSON document that it prints for scripts.

import type { Input } from './input.js'
import type { MachineLoad } from './machine-load.js'
import type { Measured } from './measure.js'

/** The outcome of the gallery. */
export interface Report {
  readonly input: Input
  /** Workers of the parallel runs. */
  readonly workers: number
  readonly examples: readonly Measured[]
  /** What else the machine did; undefined if the system does not tell. */
  readonly load: MachineLoad | undefined
}

/** Whether every check agrees. */
export function isRight({ examples }: Report): boolean {
  return examples.every(({ check }) => check.agrees)
}

/** The report as one JSON document; its fields are described in the README. */
export function toJson(report: Report): string {
  const { path, data, held, loadMs, residentBytesAdded } = report.input
  const document = {
    input: { path, bytes: data.byteLength, held, loadMs, residentBytesAdded },
    node: process.versions.node,
    workers: report.workers,
    load: report.load,
    agrees: isRight(report),
    // Leave out what is only for people.
    examples: report.examples.map(({ summary, details, generated, ...rest }) => rest),
  }
  return JSON.stringify(document, null, 2)
}
