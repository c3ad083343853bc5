// https: the same data; headers stay with their origin; and no redirect leads to where everybody can read along.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

test('https, in threads and processes', { timeout: 60_000 }, async () => {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: fileOf('localhost-certificate.pem') }
  const { stdout } = await promisify(execFile)(process.execPath, [fileOf('secure-program.js')], { env })
  const refused = (path: string): string =>
    `url: cannot open "${path}": it redirects from https: to http:, which is not followed`
  expect(JSON.parse(stdout)).toEqual({
    data: { answers: [1_000_000, 1_000_000], asked: ['secure/data secret'] },
    // Another port is another origin.
    toOther: { answers: [1_000_000, 1_000_000], asked: ['secure/to-other secret', 'other/data without'] },
    toPlain: {
      answers: [refused('https://host/to-plain'), refused('https://host/to-plain')],
      asked: ['secure/to-plain secret'],
    },
    around: {
      answers: [refused('http://host/around'), refused('http://host/around')],
      asked: ['plain/around secret', 'secure/to-plain without'],
    },
    toSecure: { answers: [1_000_000, 1_000_000], asked: ['plain/to-secure secret', 'secure/data without'] },
  })
})
