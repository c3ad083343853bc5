// What http() does with https: data, redirects, and headers that are secrets. A program of its own, because Node reads the certificates that
// it trusts when it starts (NODE_EXTRA_CA_CERTS). The key belongs to nobody: it is for 127.0.0.1, and for this test alone.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createEngine, http, sum } from '@onecopy/node'

const key = readFileSync(new URL('./localhost-key.pem', import.meta.url))
const cert = readFileSync(new URL('./localhost-certificate.pem', import.meta.url))
const bytes = Buffer.alloc(1_000_000, 1)

/** @type {Record<string, string>} Where each path redirects. */
const places = {}
/** @type {(readonly [where: string, secret: string | undefined])[]} */
let asked = []

/** @type {(name: string) => import('node:http').RequestListener} */
const answer = (name) => (request, response) => {
  const { url = '', headers } = request
  asked.push([`${name}${url}`, headers.authorization])
  const location = places[url]
  if (location !== undefined) {
    response.writeHead(302, { location }).end()
    return
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  const part = bytes.subarray(Number(first), Number(last) + 1)
  const range = `bytes ${first}-${last}/${bytes.length}`
  response.writeHead(206, { etag: '"one"', 'content-range': range, 'content-length': part.length }).end(part)
}

const secure = createSecureServer({ key, cert }, answer('secure'))
const other = createSecureServer({ key, cert }, answer('other'))
const plain = createServer(answer('plain'))
const [atSecure, atOther, atPlain] = await Promise.all(
  [secure, other, plain].map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    // `as`: it listens on a port.
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    return `${server === plain ? 'http' : 'https'}://127.0.0.1:${port}`
  }),
)
Object.assign(places, {
  '/to-plain': `${atPlain}/data`,
  '/to-other': `${atOther}/data`,
  '/to-secure': `${atSecure}/data`,
  '/around': `${atSecure}/to-plain`,
})

/** @type {(url: string) => Promise<unknown>} */
const total = async (url) => {
  asked = []
  const answers = []
  for (const isolation of /** @type {const} */ (['thread', 'process'])) {
    const engine = createEngine({ workers: 1, isolation })
    try {
      const data = await http(url, { headers: { authorization: 'secret' }, retries: 0 })
      answers.push(await engine.map(data, (part) => part.reduce((a, b) => a + b, 0)).reduce(sum()))
    } catch (error) {
      // `as`: all errors here are objects.
      answers.push(/** @type {Error} */ (error).message.replaceAll(/127\.0\.0\.1:\d+/g, 'host'))
    }
    await engine.close()
  }
  // Which requests came, each once.
  return { answers, asked: [...new Set(asked.map(([where, secret]) => `${where} ${secret ?? 'without'}`))] }
}

console.log(
  JSON.stringify({
    data: await total(`${atSecure}/data`),
    toOther: await total(`${atSecure}/to-other`),
    toPlain: await total(`${atSecure}/to-plain`),
    around: await total(`${atPlain}/around`),
    toSecure: await total(`${atPlain}/to-secure`),
  }),
)
for (const server of [secure, other, plain]) server.close().closeAllConnections()
