// Colours, for each of the two outputs separately: used on terminals that have them, unless NO_COLOR or FORCE_COLOR say
// otherwise.

import pc from 'picocolors'
import { isTerminal } from './is-terminal.js'

/** Functions that colour text for one output. */
export type Colors = ReturnType<typeof pc.createColors>

/** The part of an output stream that tells whether it has colours. */
export interface Output {
  readonly isTTY?: boolean
  hasColors?(): boolean
}

/**
 * The colours of an output.
 *
 * `NO_COLOR` (not empty) turns them off and takes precedence. `FORCE_COLOR` (not empty, not `0`, not `false`) turns them on,
 * even for piped output. Otherwise they are on if the output is a terminal that can show them.
 *
 * @see https://no-color.org
 */
export function colorsOf(output: Output, env: NodeJS.ProcessEnv = process.env): Colors {
  return pc.createColors(wantsColors(output, env))
}

function wantsColors(output: Output, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return !['0', 'false'].includes(env.FORCE_COLOR)
  return isTerminal(output) && output.hasColors?.() === true
}
