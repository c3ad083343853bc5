// Whether an output is a terminal.

import { memberOf } from '@onecopy/core/lane'

/** Whether a person sees what is written to `output`. Only terminals have the member: a polluted prototype must not lend it to pipes. */
export function isTerminal(output: object): boolean {
  return memberOf(output, 'isTTY') === true
}
