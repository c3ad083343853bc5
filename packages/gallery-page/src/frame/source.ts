// The data that the cards work on, and how bytes of it are looked at on the page.

import { file, load, type SharedData, type SharedMemory } from '@onecopy/web'
import { bytesText } from '../text/numbers.js'

/** The data of the page. */
export interface Source {
  readonly name: string
  readonly data: SharedData
  /** Where the data is, in words. */
  readonly place: string
  /** The data, if it is held in shared memory; undefined if the workers read their chunks from the file. */
  readonly memory: Readonly<Uint8Array> | undefined
  /** The bytes `[start, end)`, to be shown. */
  bytes(start: number, end: number): Promise<Uint8Array>
}

/** A file. Each worker reads the chunks that it works on. */
export function sourceOfFile(blob: File): Source {
  return {
    name: blob.name,
    data: file(blob),
    place: 'left in its file: each worker reads the chunks that it works on',
    memory: undefined,
    bytes: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}

/** Data in shared memory. */
export function sourceOfMemory(name: string, data: SharedMemory): Source {
  return {
    name,
    data,
    place: 'held once, in memory that all workers share',
    memory: data.view(),
    bytes: async (start, end) => data.view(start, end).slice(),
  }
}

/** A file, read into shared memory once. */
export async function loadedFile(blob: File): Promise<Source> {
  return sourceOfMemory(blob.name, await load(blob))
}

/** The source in one line. */
export function describeSource({ name, data, place }: Source): string {
  return `${name}: ${bytesText(data.byteLength)}, ${place}`
}
