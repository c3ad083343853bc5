// Runs over thousands of files, with a limit of the system on open files that is far below their number.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()

const program = `
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { columns, createEngine, fixed, files, share, sum, table } from '@onecopy/node'

process.chdir(process.argv[1])
for (const folder of ['small', 'large']) mkdirSync(folder)
for (let i = 0; i < 5000; i++) writeFileSync('small/' + i, 'a line\\n')
// Larger than what is read as a whole, so that their descriptors stay open.
for (let i = 0; i < 300; i++) {
  writeFileSync('large/' + i, '')
  truncateSync('large/' + i, 70_000)
}
const length = 100_000
const prices = Float64Array.from({ length }, (_, i) => i)
const products = table({ key: { id: Array.from({ length: 1000 }, (_, i) => i) }, value: { price: prices.slice(0, 1000) } })
for (const isolation of ['thread', 'process']) {
  const engine = createEngine({ workers: 2, isolation })
  const count = (bytes) => bytes.length
  for (const folder of ['small', 'large']) {
    const data = await files(folder + '/*')
    for (const chunks of [fixed({ size: 20_000 }), fixed({ size: 70_000 })]) {
      console.log(isolation, folder, data.paths.length, await engine.map(data, count, { chunks }).reduce(sum()))
    }
  }
  const rows = columns({ price: share(prices), name: Array.from({ length }, (_, i) => 'name ' + (i % 7)) })
  for (let round = 0; round < 100; round++) {
    const { length: n } = await engine.map(rows, ({ columns: { name } }, { params }) => name.at(0) + params.get(7), {
      params: products,
      chunks: fixed({ size: 25_000 }),
    })
    if (n !== 4) throw new Error('rows')
  }
  console.log(isolation, 'columns')
  await engine.close()
}
`

// Windows has no such limit.
test.skipIf(process.platform === 'win32')(
  'a process may have 256 files open: 5,000 files, 300 large ones, and columns are run by threads and processes',
  async () => {
    // The packages are found from the root.
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const limited = ['-c', 'ulimit -n 256; exec "$0" --input-type=module -e "$1" "$2"', process.execPath, program, dir]
    const { stdout } = await promisify(execFile)('sh', limited, { cwd })
    const each = (isolation: string): string[] => [
      `${isolation} small 5000 35000`,
      `${isolation} small 5000 35000`,
      `${isolation} large 300 21000000`,
      `${isolation} large 300 21000000`,
      `${isolation} columns`,
    ]
    expect(stdout.trim().split('\n')).toEqual([...each('thread'), ...each('process')])
  },
)
