// The benchmark's own programs in C and Python, as contestants.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Server } from './server.js'
import { isInstalled } from './tools.js'

/**
 * Contestants, and a function that ends them.
 *
 * @typedef {object} Programs
 * @property {import('../case.js').Contestant[]} contestants
 * @property {() => Promise<unknown>} close
 */

/** @param {string} name */
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * histogram.c, compiled at run time for this processor.
 *
 * @param {string} path of the data
 * @param {import('../case.js').Context} context
 * @param {('memory' | 'file')[]} modes
 * @returns {Promise<Programs>}
 */
export async function histogramInC(path, { folder, workers }, modes) {
  const names = modes.map((mode) => `C -O3, OpenMP, ${mode}`)
  const missing = (/** @type {string} */ why) => ({
    contestants: names.map((name) => ({ name, missing: why })),
    close: async () => {},
  })
  if (!isInstalled('gcc')) return missing('gcc is not installed')
  const program = join(folder, 'histogram')
  const args = ['-O3', '-march=native', '-fopenmp', '-o', program, pathOf('histogram.c')]
  const { status, stderr } = spawnSync('gcc', args, { encoding: 'utf8' })
  if (status !== 0) return missing(`gcc: ${stderr.trim().split('\n')[0]}`)
  return serve(modes.map((mode, i) => [names[i] ?? mode, program, [mode, path, String(workers)]]))
}

/**
 * group-rows.cpp, compiled at run time for this processor.
 *
 * @param {string} path of the data
 * @param {import('../case.js').Context} context
 * @returns {Promise<Programs & { name: string }>}
 */
export async function groupRowsInCpp(path, { folder, workers }) {
  const name = `C++ -O3, ${workers} threads`
  const missing = (/** @type {string} */ why) => ({
    name,
    contestants: [{ name, missing: why }],
    close: async () => {},
  })
  if (!isInstalled('g++')) return missing('g++ is not installed')
  const program = join(folder, 'group-rows')
  const args = ['-O3', '-march=native', '-std=c++17', '-pthread', '-o', program, pathOf('group-rows.cpp')]
  const { status, stderr } = spawnSync('g++', args, { encoding: 'utf8' })
  if (status !== 0) return missing(`g++: ${stderr.trim().split('\n')[0]}`)
  return { name, ...(await serve([[name, program, [path, String(workers)]]])) }
}

/**
 * shared_memory.py, with the first Python that has numpy.
 *
 * @param {'histogram' | 'lines'} job
 * @param {string} path  of the data
 * @param {import('../case.js').Context} context
 * @returns {Promise<Programs>}
 */
export async function inPython(job, path, { workers }) {
  const name = 'Python multiprocessing, numpy'
  const python = ['python3', '/usr/bin/python3', 'python'].find(hasNumpy)
  if (python === undefined)
    return { contestants: [{ name, missing: 'Python with numpy is not installed' }], close: async () => {} }
  return serve([[name, python, [pathOf('shared_memory.py'), job, path, String(workers)]]])
}

/**
 * Whether a Python has numpy, and can fork the script's processes (on Windows it cannot).
 *
 * @param {string} python
 */
function hasNumpy(python) {
  return spawnSync(python, ['-c', 'import numpy, os; os.fork'], { stdio: 'ignore' }).status === 0
}

/**
 * @param {[name: string, command: string, args: string[]][]} programs
 * @returns {Promise<Programs>}
 */
async function serve(programs) {
  // One after the other, because each reads the data into its memory first.
  const contestants = []
  /** @type {Server[]} */
  const servers = []
  for (const [name, command, args] of programs) {
    const server = await new Server(command, args).ready()
    servers.push(server)
    contestants.push({ name, run: () => server.run() })
  }
  return { contestants, close: () => Promise.all(servers.map((server) => server.close())) }
}
