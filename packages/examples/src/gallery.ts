// The gallery, `npm start`: all examples, measured and checked.

import { createEngine, fixed, isOnecopyError, share } from '@onecopy/node'
import { readArguments, usage, type Wishes } from './gallery/arguments.js'
import { entries } from './gallery/entries.js'
import { openInput } from './gallery/input.js'
import { loadBetween, lookAtMachine } from './gallery/machine-load.js'
import type { Measured } from './gallery/measure.js'
import { createProgressBar } from './gallery/progress-bar.js'
import { isRight, type Report, toJson } from './gallery/report.js'
import { toText } from './gallery/report-text.js'
import { TimeBudget } from './gallery/time-budget.js'
import { UsageError } from './gallery/usage-error.js'

// The reader of the output may have left (`npm start | head -1`). Then the rest is not needed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  console.error(`onecopy: cannot write the report: ${error.message}`)
  process.exitCode = 1
})

try {
  // npm runs this in the root of the repository, and tells in INIT_CWD where the user is.
  const wishes = readArguments(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
  if (wishes.isHelp) {
    process.stdout.write(`${usage}\n`)
  } else {
    const report = await runAll(wishes)
    process.stdout.write(wishes.isJson ? `${toJson(report)}\n` : toText(report))
    if (!isRight(report)) process.exitCode = 1
  }
} catch (error) {
  // A wrong call and a failed run explain themselves in one line. For any other error, print the stack.
  const isExpected = error instanceof UsageError || isOnecopyError(error)
  console.error(isExpected ? `onecopy: ${error.message}` : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function runAll({ path, mostBytes, pattern, only, workers }: Wishes): Promise<Report> {
  const engine = createEngine({ workers })
  try {
    // Start the threads first, so that their memory does not count as added by an example or the input.
    await engine.map(share(new Uint8Array(workers)), (bytes) => bytes.length, { chunks: fixed({ size: 1 }) })
    const input = await openInput(path, mostBytes)
    const wanted = entries(pattern).filter(({ name }) => only.includes(name))
    const bar = createProgressBar(wanted.reduce((sum, { steps }) => sum + steps, 0))
    try {
      const examples: Measured[] = []
      const budget = new TimeBudget(wanted.length)
      const before = lookAtMachine()
      for (const entry of wanted) examples.push(await entry.measure(engine, input, bar, budget.next()))
      return { input, workers, examples, load: loadBetween(before, lookAtMachine(), workers) }
    } finally {
      bar.stop()
    }
  } finally {
    await engine.close()
  }
}
