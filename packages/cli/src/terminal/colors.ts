// Colours, for each of the two outputs on its own: on terminals that have them, as NO_COLOR and FORCE_COLOR wish.

import pc from 'picocolors'

/** What paints text for one output. */
export type Colors = ReturnType<typeof pc.createColors>

/** The part of an output that tells whether it has colours. */
export interface Output {
  readonly isTTY?: boolean
  hasColors?(): boolean
}

/**
 * The colours of an output.
 *
 * `NO_COLOR` (not empty) turns them off, whatever else is said; `FORCE_COLOR` (neither empty, nor `0`, nor `false`) turns
 * them on, also for what is piped; else a terminal has them if it can show them.
 *
 * @see https://no-color.org
 */
export function colorsOf(output: Output, env: NodeJS.ProcessEnv = process.env): Colors {
  return pc.createColors(wantsColors(output, env))
}

function wantsColors(output: Output, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return !['0', 'false'].includes(env.FORCE_COLOR)
  return output.isTTY === true && output.hasColors?.() === true
}
