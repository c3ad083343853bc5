// DuckDB, an SQL engine in the same process. It takes 70 MB, so the benchmark installs it itself when a case needs it.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const packageName = '@duckdb/node-api'
const version = '1.5.6-r.1'
const folder = fileURLToPath(new URL('../../node_modules/.cache/onecopy-bench', import.meta.url))

/**
 * @typedef {object} DuckDB
 * @property {string} [missing] why there is none
 * @property {(sql: string, visit: (row: unknown[]) => void) => Promise<void>} query calls `visit` for each row of the answer
 * @property {() => void} close
 */

/**
 * @param {import('../case.js').Context} context with `quick`, it is not installed, and used only if it is there
 * @returns {Promise<DuckDB>}
 */
export async function openDuckDB({ workers, quick }) {
  let path = findPath()
  if (path === undefined && !quick) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    spawnSync(npm, ['install', '--no-audit', '--no-fund', `${packageName}@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
    path = findPath()
  }
  if (path === undefined) {
    const missing = quick ? 'not installed; --quick installs nothing' : `${packageName} could not be installed`
    return { missing, query: async () => {}, close: () => {} }
  }
  const { DuckDBInstance } = await import(pathToFileURL(path).href)
  const instance = await DuckDBInstance.create(':memory:', { threads: String(workers) })
  const connection = await instance.connect()
  return {
    async query(sql, visit) {
      const result = await connection.run(sql)
      for (;;) {
        const chunk = await result.fetchChunk()
        if (!chunk || chunk.rowCount === 0) return
        for (const row of chunk.getRows()) visit(row)
      }
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function findPath() {
  try {
    return createRequire(join(folder, 'package.json')).resolve(packageName)
  } catch {
    // It is not installed.
    return undefined
  }
}

/**
 * How DuckDB reads the rows of `path`.
 *
 * @param {string} path
 */
export function readRows(path) {
  const columns = "{'key': 'VARCHAR', 'value': 'DOUBLE'}"
  const how = `delim=';', header=false, auto_detect=false, quote='', escape='', columns=${columns}`
  return `read_csv(${quoted(path)}, ${how})`
}

/** @param {string} text */
export function quoted(text) {
  return `'${text.replaceAll("'", "''")}'`
}
