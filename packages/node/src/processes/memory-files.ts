// Shared memory on its way to processes: it is laid into files, which all processes read. The files are in the system's memory where
// there is such a place, and in the folder for temporary files elsewhere.

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

/** The system's memory, as a folder: Linux has it. */
const memoryFolder = '/dev/shm'
/** Bytes that are written before the event loop has its turn. */
const sliceBytes = 16 * 1024 * 1024

/** The files of one engine. They are removed when it is closed, when the process exits, and by the next engine after a crash. */
export class MemoryFiles {
  readonly #folders = new Map<string, string>()
  readonly #files = new WeakMap<SharedArrayBuffer, { readonly path: string; readonly fd: number }>()
  readonly #open = new Set<number>()
  readonly #onExit = (): void => this.#removeFolders()
  #count = 0

  constructor() {
    for (const base of bases()) removeStale(base)
    process.on('exit', this.#onExit)
  }

  /**
   * Write the content of `buffer` into its file, as it is now, and return the path. Call it for each run: the memory may have changed
   * since the last one.
   *
   * @param byteLength - how many bytes of it are needed, from its start
   * @throws {Error} there is no room for it
   */
  async lay(buffer: SharedArrayBuffer, byteLength: number = buffer.byteLength): Promise<string> {
    let file = this.#files.get(buffer)
    if (file === undefined) {
      const path = this.newPath(buffer.byteLength)
      file = { path, fd: openSync(path, 'wx+', 0o600) }
      // Nobody but the holder of this descriptor may write.
      chmodSync(path, 0o400)
      this.#open.add(file.fd)
      this.#files.set(buffer, file)
    }
    for (let at = 0; at < byteLength; ) {
      const slice = new Uint8Array(buffer, at, Math.min(sliceBytes, byteLength - at))
      at += writeSync(file.fd, slice, 0, slice.length, at)
      if (at < byteLength) await setImmediate()
    }
    return file.path
  }

  /** A path in the engine's folder, for a file of so many bytes. */
  newPath(byteLength: number): string {
    const base = bases().find((each) => hasRoom(each, byteLength)) ?? tmpdir()
    let folder = this.#folders.get(base)
    if (folder === undefined) {
      folder = mkdtempSync(join(base, `onecopy-${pidSpace()}-${process.pid}-`))
      this.#folders.set(base, folder)
    }
    return join(folder, String(++this.#count))
  }

  /** Remove all files. No process may need them any more. */
  close(): void {
    process.off('exit', this.#onExit)
    for (const fd of this.#open) closeSync(fd)
    this.#open.clear()
    this.#removeFolders()
  }

  #removeFolders(): void {
    for (const folder of this.#folders.values()) rmSync(folder, { recursive: true, force: true })
    this.#folders.clear()
  }
}

function bases(): string[] {
  try {
    accessSync(memoryFolder, constants.W_OK)
    return [memoryFolder, tmpdir()]
  } catch {
    // Only Linux has it, and there it may be closed to this user.
    return [tmpdir()]
  }
}

/** Whether a file of so many bytes fits. A container often has only 64 MiB of memory for files. */
function hasRoom(base: string, byteLength: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(base)
    return bavail * bsize > byteLength
  } catch {
    // Where nobody can tell, writing will.
    return true
  }
}

/** Tells process numbers of different containers apart, which may share the folder. */
function pidSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    // Only Linux has them.
    return '0'
  }
}

/** Remove the folders of engines whose process is gone without having removed them. */
function removeStale(base: string): void {
  let names: string[]
  try {
    names = readdirSync(base)
  } catch {
    // The folder cannot be listed, so there is nothing to find in it.
    return
  }
  for (const name of names) {
    const [, space, pid] = /^onecopy-(\d+)-(\d+)-\w+$/.exec(name) ?? []
    if (space !== pidSpace() || isRunning(Number(pid))) continue
    try {
      rmSync(join(base, name), { recursive: true, force: true })
    } catch {
      // It belongs to another user, who will remove it.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // `as`: what the system throws has a code. EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
