// Grouping: few keys, many keys, JSON by user, and words.

import { readFileSync } from 'node:fs'
import { createEngine, file } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { openDuckDB, quoted, readRows } from '../contestants/duckdb.js'
import { groupRowsInCpp } from '../contestants/programs.js'
import { readLines } from '../contestants/read-pieces.js'
import {
  addPayments,
  addWords,
  countWords,
  foldPayments,
  groupRows,
  mapPayments,
  topTen,
  wordReducer,
} from '../contestants/row-plugins.js'
import { digestOf } from '../rows.js'
import { summarize } from '../statistics.js'

const pieceBytes = 2 ** 20
const duckdb = 'DuckDB'

/** @type {import('../case.js').Case} */
export const groupFewKeys = {
  title: 'Group rows `key;value` by 413 keys: count, sum, min, max; file',
  measures: 'time',
  inputs: ['rows'],
  async prepare(context) {
    const { path, groupsPath } = /** @type {NonNullable<typeof context.inputs.rows>} */ (context.inputs.rows)
    const { workers } = context
    const engine = createEngine({ workers })
    const database = await openDuckDB(context)
    const cpp = await groupRowsInCpp(path, context)
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    const sql = `SELECT key, count(*)::DOUBLE, sum(value)::DOUBLE, min(value)::DOUBLE, max(value)::DOUBLE
      FROM ${readRows(path)} GROUP BY key ORDER BY key`
    /** @param {{ workers?: number }} [options] */
    const grouped = async (options = {}) =>
      Array.from(await engine.run(data, groupRows, options), ({ key, value }) =>
        inTenths([key, value.count, value.sum, value.min, value.max]),
      )
    return {
      expected: JSON.parse(readFileSync(groupsPath, 'utf8')),
      contestants: [
        { name: all, run: () => grouped() },
        { name: 'onecopy, 1 worker', run: () => grouped({ workers: 1 }) },
        present(database, {
          name: duckdb,
          async run() {
            /** @type {unknown[]} */
            const groups = []
            await database.query(sql, (row) => groups.push(inTenths(row)))
            return groups
          },
        }),
        ...cpp.contestants,
      ],
      targets: [timesAsFast(all, duckdb, 3), timesAsFast(all, cpp.name, 0.4)],
      close: () => Promise.all([engine.close(), database.close(), cpp.close()]),
    }
  },
}

/** @type {import('../case.js').Case} */
export const groupManyKeys = {
  title: 'Group 10 million rows by 4.3 million keys, all groups as rows in JavaScript; file',
  measures: 'time',
  inputs: ['manyKeys'],
  async prepare(context) {
    const { path, keys, digest } = /** @type {NonNullable<typeof context.inputs.manyKeys>} */ (context.inputs.manyKeys)
    const { workers } = context
    const engine = createEngine({ workers })
    const database = await openDuckDB(context)
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    const sql = `SELECT key, count(*)::DOUBLE, sum(value)::DOUBLE, min(value)::DOUBLE, max(value)::DOUBLE
      FROM ${readRows(path)} GROUP BY key ORDER BY key`
    return {
      expected: { keys, digest },
      contestants: [
        {
          name: all,
          async run() {
            const sum = new Digest()
            for (const { key, value } of await engine.run(data, groupRows))
              sum.add([key, value.count, value.sum, value.min, value.max])
            return sum.answer
          },
        },
        present(database, {
          name: duckdb,
          async run() {
            const sum = new Digest()
            await database.query(sql, (row) => sum.add(row))
            return sum.answer
          },
        }),
      ],
      targets: [timesAsFast(all, duckdb, 1)],
      close: () => Promise.all([engine.close(), database.close()]),
    }
  },
}

/** @type {import('../case.js').Case} */
export const groupJson = {
  title: 'Sum the amounts in 3 million lines of JSON by 10,000 users; file',
  measures: 'time',
  inputs: ['payments'],
  async prepare(context) {
    const { path, sumsPath } = /** @type {NonNullable<typeof context.inputs.payments>} */ (context.inputs.payments)
    const { workers } = context
    const engine = createEngine({ workers })
    const database = await openDuckDB(context)
    const data = file(path)
    const mapped = `onecopy, ${workers} workers, a Map per chunk`
    const folded = `onecopy, ${workers} workers, fold`
    const loop = 'plain loop, one thread'
    /** @type {Map<string, number[]>} */
    const busy = new Map()
    /**
     * @param {string} name
     * @param {typeof mapPayments | typeof foldPayments} plugin
     */
    const watched = (name, plugin) => ({
      name,
      async run() {
        const before = performance.eventLoopUtilization()
        const sums = await engine.run(data, plugin)
        busy.set(name, [...(busy.get(name) ?? []), performance.eventLoopUtilization(before).utilization])
        return sorted(sums)
      },
    })
    /** @param {string} name */
    const busyTarget = (name) => ({
      what: `${name}: share of the time that the caller's thread is busy`,
      relation: /** @type {const} */ ('at most'),
      bound: 0.1,
      unit: '',
      value: () => summarize(/** @type {number[]} */ (busy.get(name))).median,
    })
    const sql = `SELECT user, sum(amount)::DOUBLE
      FROM read_json(${quoted(path)}, format='newline_delimited', columns={'user': 'VARCHAR', 'amount': 'BIGINT'})
      GROUP BY user ORDER BY user`
    return {
      expected: JSON.parse(readFileSync(sumsPath, 'utf8')),
      contestants: [
        watched(mapped, mapPayments),
        watched(folded, foldPayments),
        {
          name: loop,
          run() {
            /** @type {Map<string, number>} */
            const sums = new Map()
            for (const lines of readLines(path, pieceBytes)) addPayments(sums, lines)
            return sorted(sums)
          },
        },
        present(database, {
          name: duckdb,
          async run() {
            /** @type {unknown[]} */
            const sums = []
            await database.query(sql, (row) => sums.push(row))
            return sums
          },
        }),
      ],
      targets: [
        timesAsFast(mapped, loop, 1.6),
        timesAsFast(folded, loop, 1.85),
        busyTarget(mapped),
        busyTarget(folded),
      ],
      close: () => Promise.all([engine.close(), database.close()]),
    }
  },
}

/** @type {import('../case.js').Case} */
export const wordsTopTen = {
  title: 'Words of a text of 300 MB, the ten most frequent; file',
  measures: 'time',
  inputs: ['words'],
  async prepare(context) {
    const { path, top } = /** @type {NonNullable<typeof context.inputs.words>} */ (context.inputs.words)
    const { workers } = context
    const engine = createEngine({ workers })
    const database = await openDuckDB(context)
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    const loop = 'plain loop, one thread, groupBy'
    const strings = 'plain loop, one thread, strings in a Map'
    const sql = `SELECT word, count(*)::DOUBLE AS n
      FROM (SELECT unnest(string_split(line, ' ')) AS word
        FROM read_csv(${quoted(path)}, delim='\\0', header=false, auto_detect=false, quote='', escape='', columns={'line': 'VARCHAR'}))
      WHERE word != '' GROUP BY word ORDER BY n DESC, word LIMIT 10`
    return {
      expected: top,
      contestants: [
        { name: all, run: () => engine.run(data, countWords) },
        { name: 'onecopy, 1 worker', run: () => engine.run(data, countWords, { workers: 1 }) },
        {
          name: loop,
          run() {
            const table = wordReducer.init()
            for (const lines of readLines(path, pieceBytes)) addWords(table, lines)
            return topTen(table)
          },
        },
        {
          name: strings,
          run() {
            /** @type {Map<string, number>} */
            const counts = new Map()
            for (const lines of readLines(path, pieceBytes))
              for (const word of lines.toString('latin1').split(/[ \n]/))
                if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
            return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 10)
          },
        },
        present(database, {
          name: duckdb,
          async run() {
            /** @type {unknown[]} */
            const words = []
            await database.query(sql, (row) => words.push(row))
            return words
          },
        }),
      ],
      targets: [timesAsFast(all, duckdb, 1), timesAsFast(all, [loop, strings], 1.8)],
      close: () => Promise.all([engine.close(), database.close()]),
    }
  },
}

/**
 * @param {import('../contestants/duckdb.js').DuckDB} database
 * @param {import('../case.js').Contestant} contestant
 * @returns {import('../case.js').Contestant}
 */
function present({ missing }, contestant) {
  return missing === undefined ? contestant : { name: contestant.name, missing }
}

/** @param {unknown[]} row a key and a count; then numbers that become whole tenths */
function inTenths([key, count, ...numbers]) {
  return [key, count, ...numbers.map((number) => Math.round(Number(number) * 10))]
}

/** @param {Map<string, number>} sums */
function sorted(sums) {
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Adds up the groups of many keys. */
class Digest {
  answer = { keys: 0, digest: 0 }

  /** @param {unknown[]} row */
  add([key, count, sum, min, max]) {
    this.answer.keys++
    this.answer.digest += digestOf(Number(String(key).slice(5)), Number(count), tenths(sum), tenths(min), tenths(max))
  }
}

/** @param {unknown} number */
function tenths(number) {
  return Math.round(Number(number) * 10)
}
