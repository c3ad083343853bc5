// Digests and random names. `node:crypto` loads at the first use, because few programs need it, and because Node cannot load it
// while some names stand on `Object.prototype`: the import of this package must not fail for that.

import type { Hash } from 'node:crypto'
import process from 'node:process'

const getCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')

export function createSha256(): Hash {
  return getCrypto().createHash('sha256')
}

/** 12 hexadecimal digits that no other process gets. */
export function randomName(): string {
  return getCrypto().randomBytes(6).toString('hex')
}

/** A whole number of at least `from`, below `to`. */
export function randomInteger(from: number, to: number): number {
  return getCrypto().randomInt(from, to)
}

export function randomUuid(): string {
  return getCrypto().randomUUID()
}
