// SHA-256 and CRC-32 of some bytes: by Node's own functions where there are any, and by JavaScript in browsers.

import { sha256 as sha256InJavaScript } from '@noble/hashes/sha2.js'
import { crc32InJavaScript } from './crc32.js'

interface NativeFunctions {
  readonly crypto: { createHash(name: string): { update(bytes: Readonly<Uint8Array>): { digest(): Uint8Array } } }
  readonly zlib: { crc32(bytes: Readonly<Uint8Array>): number }
}

// Not by `import`, which would fail in browsers.
const native = ((): NativeFunctions | undefined => {
  // `as`: browsers have no process, and other runtimes may not have this function.
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const crypto = process?.getBuiltinModule?.('node:crypto') as NativeFunctions['crypto'] | undefined
  const zlib = process?.getBuiltinModule?.('node:zlib') as NativeFunctions['zlib'] | undefined
  return crypto?.createHash === undefined || zlib?.crc32 === undefined ? undefined : { crypto, zlib }
})()

/** The SHA-256, which is 32 bytes. */
export const sha256Now: (bytes: Readonly<Uint8Array>) => Uint8Array =
  native === undefined
    ? // The copy is ordinary memory: the library's types do not take shared memory.
      (bytes) => sha256InJavaScript(bytes.slice())
    : (bytes) => native.crypto.createHash('sha256').update(bytes).digest()

// Pages of the plain http: of another machine have none.
const subtle = native === undefined ? (globalThis.crypto as typeof globalThis.crypto | undefined)?.subtle : undefined

/** The same, and fast in browsers too: another thread of the browser computes it there, from a copy. */
export const sha256: (bytes: Readonly<Uint8Array>) => Uint8Array | Promise<Uint8Array> =
  subtle === undefined ? sha256Now : async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes.slice()))

/** The CRC-32, as `zlib.crc32` returns it. */
export const crc32: (bytes: Readonly<Uint8Array>) => number =
  native === undefined ? crc32InJavaScript : (bytes) => native.zlib.crc32(bytes)
