// The raw record of a run: every measured value, and the machine, the Node and the commit that it was measured on.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memoryBytes
 * @property {string} platform
 * @property {string} node
 * @property {string} commit  with `-dirty` if the work tree had changes
 * @property {string} date  ISO 8601
 */

/** @typedef {import('./case-process.js').Outcome & { title: string, measures: 'time' | 'memory' }} CaseRecord */

/**
 * @typedef {object} Record
 * @property {Machine} machine
 * @property {number} inputBytes  of the text and of the random bytes
 * @property {number} workers
 * @property {{ [name: string]: CaseRecord }} cases
 */

/** @param {string} name */
function pathOf(name) {
  return fileURLToPath(new URL(`./record/${name}.json`, import.meta.url))
}

/**
 * @param {string} name
 * @returns {Record}
 */
export function readRecord(name) {
  return JSON.parse(readFileSync(pathOf(name), 'utf8'))
}

/**
 * @param {string} name
 * @param {Record} record
 * @returns {string} the path
 */
export function writeRecord(name, record) {
  const path = pathOf(name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`)
  return path
}

/** @returns {Machine} */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    commit: git(['describe', '--always', '--dirty', '--exclude=*']),
    date: new Date().toISOString(),
  }
}

/** @param {string[]} args */
function git(args) {
  try {
    const cwd = dirname(fileURLToPath(import.meta.url))
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    // Measuring also works in a tarball without history.
    return 'unknown'
  }
}
