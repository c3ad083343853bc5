// A server of files that does what a test tells it: it lies, stalls, cuts and changes. It runs in a thread of its own, because a lane that
// waits for it may block the thread of the test.

import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** @typedef {import('./remote-server.js').Deed} Deed */
/** @typedef {{ bytes: Uint8Array, etag?: string, modified?: string, deeds: Deed[], always?: Deed }} ServedFile */

/** @type {Map<string, ServedFile>} */
const files = new Map()
/** @type {import('./remote-server.js').AskedRequest[]} What was asked since the test has taken it. */
let asked = []
/** @type {import('node:worker_threads').MessagePort} */
const port = parentPort ?? process.exit(1)
const other = createServer(answer)
const server = createServer(answer)

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function answer(request, response) {
  const { url: path = '', method = '', headers } = request
  // `as`: the headers that count here have one value.
  const own = /** @type {Record<string, string>} */ ({ ...headers })
  asked.push({ path, method, host: headers.host ?? '', headers: own })
  port.postMessage({ asked: path })
  const file = files.get(path)
  if (file === undefined) response.writeHead(404).end('<h1>not here</h1>')
  else deal(request, response, file, file.deeds.shift() ?? file.always ?? {})
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {ServedFile} file
 * @param {Deed} deed
 */
function deal(request, response, file, deed) {
  const { bytes } = deed.bytes === undefined ? file : { bytes: deed.bytes }
  const { etag, modified } = { ...file, ...deed }
  /** @type {Record<string, string | number>} */
  const headers = { ...deed.headers }
  if (etag !== undefined) headers.etag = etag
  if (modified !== undefined) headers['last-modified'] = modified
  if (deed.silent) return
  if (deed.reset) {
    request.socket.destroy()
    return
  }
  if (deed.status !== undefined) {
    response.writeHead(deed.status, headers).end('an error page')
    return
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const condition = request.headers['if-range']
  const isCurrent = condition === undefined || condition === etag || condition === modified
  if (deed.whole || first === undefined || !isCurrent) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
    return
  }
  const start = Number(first) + (deed.shift ?? 0)
  const whole = deed.length ?? bytes.length
  if (start >= bytes.length) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${whole}` }).end()
    return
  }
  const end = Math.min(bytes.length, Number(last) + 1, deed.most === undefined ? bytes.length : start + deed.most)
  const part = bytes.subarray(start, end)
  headers['content-range'] = deed.range ?? `bytes ${start}-${end - 1}/${deed.unknown ? '*' : whole}`
  if (deed.extra === undefined) headers['content-length'] = part.length
  response.writeHead(206, headers)
  response.on('error', () => {})
  if (deed.cut !== undefined) {
    response.flushHeaders()
    // What was written must have left before the connection ends.
    response.write(part.subarray(0, deed.cut), () => request.socket.end())
  } else if (deed.stall !== undefined) {
    response.flushHeaders()
    response.write(part.subarray(0, deed.stall))
  } else {
    response.end(deed.extra === undefined ? part : Buffer.concat([part, Buffer.alloc(deed.extra)]))
  }
}

port.on('message', ({ id, set, path, take, close }) => {
  if (set !== undefined) files.set(path, { deeds: [], ...files.get(path), ...set })
  const result = take ? asked : undefined
  if (take) asked = []
  if (close) {
    for (const each of [server, other]) {
      each.closeAllConnections()
      each.close()
    }
    port.close()
    return
  }
  port.postMessage({ id, result })
})

/** @param {import('node:http').Server} of */
function portOf(of) {
  // `as`: it listens on a port.
  return /** @type {import('node:net').AddressInfo} */ (of.address()).port
}

server.listen(workerData.port, '127.0.0.1', () => {
  other.listen(0, '127.0.0.1', () => port.postMessage({ ports: [portOf(server), portOf(other)] }))
})
