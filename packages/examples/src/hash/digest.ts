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

/** The copies of shared memory, one after the other: new memory takes longer than the copy. */
let scratch = new Uint8Array(0)

/**
 * The same, and fast in browsers too: another thread of the browser computes it there. It uses the
 * processor's own instructions for SHA-256, which WebAssembly cannot.
 */
export const sha256: (bytes: Readonly<Uint8Array>) => Uint8Array | Promise<Uint8Array> =
  subtle === undefined
    ? sha256Now
    : async (bytes) => {
        // `digest` copies the bytes before it returns, so the scratch memory may be used again at once.
        return new Uint8Array(await subtle.digest('SHA-256', ordinary(bytes)))
      }

/** `digest` refuses shared memory. */
function ordinary(bytes: Readonly<Uint8Array>): Uint8Array<ArrayBuffer> {
  // `as`: just checked.
  if (bytes.buffer instanceof ArrayBuffer) return bytes as Uint8Array<ArrayBuffer>
  if (scratch.length < bytes.length) scratch = new Uint8Array(bytes.length)
  const copy = scratch.subarray(0, bytes.length)
  copy.set(bytes)
  return copy
}

/** The CRC-32, as `zlib.crc32` returns it. */
export const crc32: (bytes: Readonly<Uint8Array>) => number =
  native === undefined ? crc32InJavaScript : (bytes) => native.zlib.crc32(bytes)
