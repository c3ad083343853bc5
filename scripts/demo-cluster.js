// The cluster demo: a Redis of its own, three workers, a large run, one worker killed in the middle, and the same bits as on one
// machine. As a program: node demo-cluster.js [MEBIBYTES]

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCluster } from '@onecopy/cluster'
import { createEngine, file, loadPlugin } from '@onecopy/node'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pluginFile = join(root, 'scripts/demo-plugin.js')
const mebibytes = Number(process.argv[2] ?? 1024)
if (!Number.isInteger(mebibytes) || mebibytes < 16) {
  console.error(`demo:cluster: expected a number of MiB, at least 16, got ${process.argv[2]}`)
  process.exit(2)
}
const server = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0)
if (server === undefined) {
  console.error(
    'The demo needs redis-server or valkey-server: apt-get install redis-server, dnf install valkey, or brew install valkey.',
  )
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'onecopy-demo-'))
/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
try {
  await demo()
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

async function demo() {
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  await startProcess(server ?? '', args, /Ready to accept connections/)
  const url = `redis://127.0.0.1:${port}`
  console.log(`${server} listens on ${url}`)
  const data = join(folder, 'data.bin')
  writeData(data)
  console.log(`${data} has ${mebibytes} MiB`)

  const workers = await Promise.all(
    ['one', 'two', 'three'].map((name) => {
      const options = ['--root', folder, '--redis', url, '--name', name, '--workers', '1']
      const command = [join(root, 'packages/cli/bin/onecopy.js'), 'worker', pluginFile, ...options]
      return startProcess(process.execPath, command, /ctrl-C ends it/)
    }),
  )
  console.log('three workers are ready: one, two, three')

  const plugin = await loadPlugin(pluginFile)
  /** @type {Map<string, { spans: number, chunks: number, ms: number }>} */
  const done = new Map()
  const run = createCluster({ connection: url, root: folder }).run(file(data), plugin, { spanMs: 500 })
  run.on('note', (text) => console.log(text))
  let isKilled = false
  run.on('span', ({ worker, from, to, ms }) => {
    const known = done.get(worker) ?? { spans: 0, chunks: 0, ms: 0 }
    done.set(worker, { spans: known.spans + 1, chunks: known.chunks + to - from, ms: known.ms + ms })
    if (isKilled || worker !== 'one') return
    isKilled = true
    workers[0]?.kill('SIGKILL')
    console.log(`worker one is killed with SIGKILL, after its chunks ${from} to ${to - 1}`)
  })
  const answer = await run
  const { elapsedMs, retries, workersLost } = run.stats ?? {}
  console.log(`\nworker  spans  chunks  seconds at work`)
  for (const [worker, { spans, chunks, ms }] of [...done].sort()) {
    console.log(
      `${worker.padEnd(6)}  ${`${spans}`.padStart(5)}  ${`${chunks}`.padStart(6)}  ${(ms / 1000).toFixed(1).padStart(15)}`,
    )
  }
  console.log(
    `\n${((elapsedMs ?? 0) / 1000).toFixed(1)} s; ${workersLost} spans were lost, ${retries} chunks ran again`,
  )

  const engine = createEngine()
  const expected = await engine.run(file(data), plugin)
  await engine.close()
  const isSame = Object.is(answer, expected)
  console.log(`on the cluster: ${bitsOf(answer)}\non one machine: ${bitsOf(expected)}`)
  console.log(isSame ? 'The same bits as on one machine.' : 'DIFFERENT')
  process.exitCode = isSame ? 0 : 1
}

/**
 * Start a process, and wait until it prints that it is ready.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RegExp} ready
 * @returns {Promise<import('node:child_process').ChildProcess>}
 */
function startProcess(command, args, ready) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  return new Promise((resolve, reject) => {
    let text = ''
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (more) => {
        text += more
        if (ready.test(text)) resolve(child)
      })
    }
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${text}`)))
  })
}

/** @param {string} path */
function writeData(path) {
  const block = new Uint8Array(2 ** 20)
  const fd = openSync(path, 'w')
  for (let each = 0; each < mebibytes; each++) {
    for (let i = 0; i < block.length; i++) block[i] = Math.imul(i + each, 2654435761) >>> 24
    writeSync(fd, block)
  }
  closeSync(fd)
}

/** @param {number} value */
function bitsOf(value) {
  return `${value} (bits ${Buffer.from(Float64Array.of(value).buffer).reverse().toString('hex')})`
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  listener.close()
  await once(listener, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
