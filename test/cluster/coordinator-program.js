// A coordinator of a test's cluster, in a process of its own: runs `float-sum`, and prints what happens, one JSON per line.

import { createCluster } from '@onecopy/cluster'
import { file } from '@onecopy/node'
import { floatSum } from './plugins/cluster-plugins.js'

const { path, options, ...cluster } = JSON.parse(process.argv[2] ?? '')
/** @param {object} event */
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)
const run = createCluster(cluster).run(file(path), floatSum, options)
run.on('span', (span) => say({ event: 'span', ...span }))
const answer = await run
say({ event: 'answer', answer })
