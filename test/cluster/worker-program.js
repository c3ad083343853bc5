// A machine of a test's cluster: starts a worker with the options of its argument, and prints what happens, one JSON per line.

import { startWorker } from '@onecopy/cluster'

/** @param {object} event */
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)
const worker = await startWorker(JSON.parse(process.argv[2] ?? ''))
worker.on('spanStart', (span) => say({ event: 'spanStart', ...span }))
worker.on('spanEnd', ({ error, ...span }) => say({ event: 'spanEnd', ...span, error: error && String(error) }))
worker.on('note', (text) => say({ event: 'note', text }))
process.once('SIGTERM', async () => {
  await worker.close()
  say({ event: 'closed' })
  process.exit(0)
})
say({ event: 'ready', name: worker.name, pid: process.pid })
