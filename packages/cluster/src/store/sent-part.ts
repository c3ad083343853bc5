// A part on its way from a worker to the coordinator: in the queue if it is small, otherwise beside it.

import { createHash } from 'node:crypto'
import type { PartStore } from './contract.js'

/** Parts with more bytes than this do not go through the queue, where each would lie twice and encoded. */
const mostInQueue = 64 * 1024

/** A part on its way: in the queue, or beside it. */
export type SentPart =
  | { readonly bytes: string }
  | { readonly key: string; readonly byteLength: number; readonly sha256: string }

/** Send a part. */
export async function sendPart(store: PartStore, key: string, bytes: Uint8Array): Promise<SentPart> {
  if (bytes.byteLength <= mostInQueue) return { bytes: Buffer.from(bytes).toString('base64') }
  await store.put(key, bytes)
  return { key, byteLength: bytes.byteLength, sha256: sha256(bytes) }
}

/**
 * Receive a part.
 *
 * @param key - where it lies if it is beside the queue: a part cannot name another key
 * @throws {Error} it is not there, or was altered
 */
export async function receivePart(store: PartStore, key: string, sent: SentPart): Promise<Uint8Array> {
  if (typeof sent !== 'object' || sent === null) throw new Error('the worker’s answer has no part')
  if ('bytes' in sent) return Buffer.from(String(sent.bytes), 'base64')
  const bytes = await store.get(key)
  if (bytes === undefined) throw new Error(`the store has no part ${key}`)
  if (bytes.byteLength !== sent.byteLength || sha256(bytes) !== sent.sha256) {
    throw new Error(`part ${key} was altered in the store`)
  }
  return bytes
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
