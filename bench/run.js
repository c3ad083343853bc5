// The command of the benchmark. `npm run bench -- --help` lists its options. Progress goes to standard error, tables to
// standard output.

import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cases } from './cases/index.js'
import { makeInputs } from './inputs.js'
import { parseOptions, usage } from './options.js'
import { renderTable, replaceTable } from './readme-table.js'
import { describeMachine, readRecord, writeRecord } from './record.js'
import { answersTable, contestantsTable, targetsTable } from './tables.js'

const readmePath = fileURLToPath(new URL('../README.md', import.meta.url))
const readmeRecord = 'readme'

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

/** @param {string[]} args */
async function main(args) {
  const options = parseOptions(args)
  if (options.help) return print(usage)
  if (options.list)
    return print(
      Object.entries(cases)
        .map(([name, { title }]) => `${name.padEnd(16)} ${title}`)
        .join('\n'),
    )
  if (options.check) return checkReadme()
  if (options.table) return writeReadme()

  const names = choose(options.only)
  const { quick, inputBytes } = options
  const workers = availableParallelism()
  const { done, failed } = await measure(names, { quick, inputBytes, workers })
  if (quick) print(answersTable(done))
  else {
    /** @type {import('./record.js').Record} */
    const record = { machine: describeMachine(), inputBytes, workers, cases: done }
    print(contestantsTable(record), targetsTable(record))
    const name = options.record ?? (options.isWhole && failed.length === 0 ? readmeRecord : undefined)
    if (name !== undefined) print(`The record is in ${writeRecord(name, record)}`)
    if (name === readmeRecord) writeReadme()
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
}

/** @param {string | undefined} only */
function choose(only) {
  const names = only?.split(',') ?? Object.keys(cases)
  for (const name of names)
    if (cases[name] === undefined) throw new RangeError(`no such case: ${name}; there are ${Object.keys(cases)}`)
  return names
}

/**
 * @param {string[]} names
 * @param {{ quick: boolean, inputBytes: number, workers: number }} settings
 */
async function measure(names, { quick, inputBytes, workers }) {
  const folder = mkdtempSync(join(tmpdir(), 'onecopy-bench-'))
  // The inputs are large, so they must be removed if somebody interrupts the command.
  const leave = () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', leave).once('SIGTERM', leave)
  try {
    say('making the inputs …')
    const inputs = makeInputs(folder, new Set(names.flatMap((name) => cases[name]?.inputs ?? [])), inputBytes)
    /** @type {import('./record.js').Record['cases']} */
    const done = {}
    const failed = []
    for (const name of names) {
      const { title, measures } = /** @type {import('./case.js').Case} */ (cases[name])
      const begun = performance.now()
      say(`${name} …`)
      try {
        done[name] = { title, measures, ...(await runCase(name, { inputs, folder, workers, quick })) }
        say(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
      } catch (error) {
        // Continue with the other cases. The command fails at its end.
        failed.push(name)
        say(`${name}: ${error instanceof Error ? error.message : error}`)
      }
    }
    return { done, failed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} name
 * @param {import('./case.js').Context} context
 * @returns {Promise<import('./case-process.js').Outcome>}
 */
function runCase(name, context) {
  const script = fileURLToPath(new URL('case-process.js', import.meta.url))
  const child = fork(script, [name, JSON.stringify(context)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const end = () => child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return new Promise((resolve, reject) => {
    /** @type {import('./case-process.js').Outcome | undefined} */
    let outcome
    // `as`: the parent's own script sends nothing else.
    child.once('message', (message) => {
      outcome = /** @type {import('./case-process.js').Outcome} */ (message)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (outcome !== undefined && code === 0) resolve(outcome)
      else reject(new Error(`its process ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

/** The README with the table that follows from its record. */
function wantedReadme() {
  return replaceTable(readFileSync(readmePath, 'utf8'), renderTable(readRecord(readmeRecord)))
}

function writeReadme() {
  writeFileSync(readmePath, wantedReadme())
}

function checkReadme() {
  if (readFileSync(readmePath, 'utf8') !== wantedReadme())
    throw new Error(`README.md: the table differs from its record; run: npm run bench -- --table`)
}

/** @param {string[]} texts */
function print(...texts) {
  process.stdout.write(`${texts.join('\n\n')}\n`)
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`)
}
