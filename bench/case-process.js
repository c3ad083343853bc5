// Runs one case in its own process, which run.js starts. So no case is affected by the heap, the compiled code or the threads
// of another. It sends the outcome to its parent.

import { cases } from './cases/index.js'
import { judge, takeTurns } from './take-turns.js'

/**
 * @typedef {object} Outcome
 * @property {import('./take-turns.js').Result[]} contestants
 * @property {import('./take-turns.js').Verdict[]} targets
 */

const [name = '', context = '{}'] = process.argv.slice(2)
const chosen = cases[name]
if (chosen === undefined) throw new Error(`no such case: ${name}`)
/** @type {import('./case.js').Context} */
const parsed = JSON.parse(context)
const prepared = await chosen.prepare(parsed)
const contestants = await takeTurns(prepared, parsed.quick ? 1 : (chosen.rounds ?? 5))
const targets = parsed.quick ? [] : judge(prepared.targets ?? [], contestants)
await prepared.close?.()
/** @type {Outcome} */
const outcome = { contestants, targets }
process.send?.(outcome, () => process.disconnect())
