// A file as a lane reads it: chunk after chunk, into one buffer.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { type DataDescription, type DataReader, OnecopyError } from '@onecopy/core/lane'

/** What tells whether a file is still the same. */
export interface FileIdentity {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly dev: bigint
  readonly ino: bigint
}

/** A file as plain data. */
export interface FileDescription extends DataDescription {
  readonly kind: 'file'
  readonly path: string
  readonly identity: FileIdentity
}

/** Whether a description is a file's. */
export function isFileDescription(description: DataDescription): description is FileDescription {
  return description.kind === 'file'
}

/** Without waiting for a writer, should it be a pipe: nothing could end that wait. Windows has no such flag, and needs none. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Open what may turn out to be no file; its descriptor. */
export function openToRead(path: string): number {
  return openSync(path, openFlags)
}

/** The parts of `stats` that tell files apart. */
export function identityOf({ size, mtimeNs, dev, ino }: FileIdentity): FileIdentity {
  return { size, mtimeNs, dev, ino }
}

/**
 * Hold a file against what it was.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`
 */
export function assertSameFile(path: string, before: FileIdentity, now: FileIdentity): void {
  if (now.size !== before.size) throw changed(path, `it had ${before.size} bytes and now has ${now.size}`)
  if (now.ino !== before.ino || now.dev !== before.dev) throw changed(path, 'another file has taken its place')
  if (now.mtimeNs !== before.mtimeNs) throw changed(path, 'it was written to')
}

function changed(path: string, how: string): OnecopyError {
  return new OnecopyError('ERR_DATA_CHANGED', `${path} changed while it was in use: ${how}`)
}

const pageBytes = 4096
/**
 * How far in a page bytes are put behind where they lie in the page cache. Processors copy several times slower to an address
 * that is, within its page, 1 to 31 bytes behind the one they copy from: and a large buffer begins 16 bytes behind a page.
 */
const distanceBytes = 512

/** Most bytes of one read: calls above 2 GiB throw. */
const mostReadBytes = 1024 * 1024 * 1024

/**
 * Fill `into` from `position` on.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file ends before
 */
function readFully(fd: number, path: string, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, Math.min(into.length - done, mostReadBytes), position + done)
    if (read === 0) throw changed(path, `it ended at ${position + done}, before ${position + into.length}`)
    done += read
  }
}

/** A file, opened in one thread. Holds one buffer as large as the largest chunk. */
export class FileReader implements DataReader<Uint8Array> {
  readonly length: number
  readonly #path: string
  #fd: number
  #buffer = new ArrayBuffer(0)
  #bytes = new Uint8Array(this.#buffer)

  /** @throws {OnecopyError} `ERR_DATA_CHANGED`: it is gone, or not the file that was described */
  constructor({ path, identity }: FileDescription) {
    this.#path = path
    this.length = Number(identity.size)
    try {
      this.#fd = openToRead(path)
    } catch (cause) {
      throw new OnecopyError('ERR_DATA_CHANGED', `${path} cannot be opened any more`, { cause })
    }
    try {
      assertSameFile(path, identity, fstatSync(this.#fd, { bigint: true }))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Reads go into this buffer again and again. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  read(start: number, end: number): Uint8Array {
    const byteLength = end - start
    const offset = (start + distanceBytes) % pageBytes
    // Most chunks have the same length and lie alike: they need no view of their own.
    if (this.#bytes.length !== byteLength || this.#bytes.byteOffset !== offset) {
      const wanted = offset + byteLength
      if (wanted > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(roundUp(pageBytes + byteLength))
      this.#bytes = new Uint8Array(this.#buffer, offset, byteLength)
    }
    readFully(this.#fd, this.#path, this.#bytes, start)
    return this.#bytes
  }

  readInto(start: number, _end: number, target: Uint8Array): void {
    readFully(this.#fd, this.#path, target, start)
  }

  view(start: number, end: number): Uint8Array {
    if (this.#fd < 0) throw new Error('the run is over: its file can no longer be read')
    const bytes = new Uint8Array(end - start)
    readFully(this.#fd, this.#path, bytes, start)
    return bytes
  }

  close(): void {
    if (this.#fd < 0) return
    closeSync(this.#fd)
    // A chunk that somebody kept must not read from whatever gets this number next.
    this.#fd = -1
  }
}

/** To 64 KiB: chunks that differ a little, as lines do, shall not each need a buffer of their own. */
function roundUp(byteLength: number): number {
  const step = 64 * 1024
  return Math.ceil((byteLength * 1.25) / step) * step
}
