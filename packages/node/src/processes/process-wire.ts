// What a host and its processes say to each other. Memory does not go along: it lies in files that each process reads.

import { readFileSync } from 'node:fs'
import type { DataDescription, SharedData, TypedArray } from '@onecopy/core'
import { type GrantedSpan, type JobDescription, type LaneTask, type LaneWord, withSentOutput } from '@onecopy/core/host'
import {
  type ColumnsDescription,
  isColumns,
  type MemoryDescription,
  openMemory,
  type PieceDescription,
} from '@onecopy/core/lane'
import { FileReader } from '../files/file-reader.js'
import { type FilesDescription, isFilesDescription } from '../files/files-reader.js'
import { type ClonedBytes, cloneFromBytes, cloneToBytes } from './cloned-bytes.js'
import type { MemoryFiles } from './memory-files.js'

/** Marks our messages, because a chunk function may send messages of its own. */
const mark = 'onecopy'

/** What the host sends. */
export type HostMessage =
  | { readonly kind: 'run'; readonly lane: number; readonly task: PackedTask; readonly slot: Uint8Array }
  | { readonly kind: 'span'; readonly lane: number; readonly span: GrantedSpan | undefined }
  | { readonly kind: 'limit'; readonly lane: number; readonly limit: number }

/** What the process sends. */
export type ProcessMessage =
  /** A message of the lane, and whether the process can take the next lane. */
  | { readonly kind: 'lane'; readonly lane: number; readonly message: ClonedBytes; readonly isFree: boolean }
  /** The lane begins the next span that it was dealt, or has nothing to run. Chunks from `limit` on are not wanted, as far as it knows. */
  | { readonly kind: 'word'; readonly lane: number; readonly word: LaneWord; readonly limit: number }

/** What a process is started with. */
export interface ProcessStart {
  /** The file into which the process writes the words of its lane. */
  readonly statusPath: string
}

export function mailOf<M extends object>(message: M): readonly [mark: string, message: M] {
  return [mark, message]
}

/** The message in what came from the other side; undefined if it is none of ours. */
export function openMail<M extends object>(mail: unknown): M | undefined {
  // `as`: only `mailOf` puts the mark there.
  return Array.isArray(mail) && mail[0] === mark ? (mail[1] as M) : undefined
}

/** Shared memory that lies in a file. */
interface LaidDescription extends DataDescription {
  readonly kind: 'laid'
  readonly path: string
  readonly elementType: string
  readonly byteOffset: number
  readonly length: number
  readonly byteLength: number
  readonly name: string
}

type Params = JobDescription['params']

/** A task without memory. */
export interface PackedTask extends Omit<LaneTask, 'job' | 'control'> {
  readonly job: ClonedBytes
}

/**
 * Make a job ready to be sent: its memory is laid into files.
 *
 * @throws {Error} there is no room for the files
 */
export async function packJob(job: JobDescription, files: MemoryFiles): Promise<ClonedBytes> {
  const paths = new Map<SharedArrayBuffer, Promise<string>>()
  // The parts of columns often lie in the same memory, which is laid once per job.
  const layOnce: LayMemory = (buffer) => {
    const path = paths.get(buffer) ?? files.lay(buffer)
    paths.set(buffer, path)
    return path
  }
  const shared: DataDescription[] = []
  for (const each of job.params.shared) shared.push(await lay(each, layOnce))
  const params: Params = { ...job.params, shared }
  const own = withSentOutput(job)
  // A window of a stream is a small part of its memory.
  const layWindow: LayMemory = (buffer, byteLength) => files.lay(buffer, byteLength)
  const data = await lay(job.data, job.stream === undefined ? layOnce : layWindow)
  return cloneToBytes({ ...own, data, params } satisfies JobDescription)
}

export function packTask({ control: _, ...task }: LaneTask, job: ClonedBytes): PackedTask {
  return { ...task, job }
}

/** The task of a lane whose control block is in this process. */
export function unpackTask({ job, ...task }: PackedTask, control: SharedArrayBuffer): LaneTask {
  // `as`: `packJob` made it.
  return { ...task, control, lane: 0, lanes: 1, job: cloneFromBytes(job) as JobDescription }
}

/** Lays memory into a file, and returns its path. At least `byteLength` bytes of it are needed, from its start. */
type LayMemory = (buffer: SharedArrayBuffer, byteLength: number) => Promise<string>

async function lay(description: DataDescription, layMemory: LayMemory): Promise<DataDescription> {
  if (isColumns(description)) return layColumns(description, layMemory)
  if (isFilesDescription(description) && description.nested.length > 0) {
    const nested: [number, DataDescription][] = []
    for (const [number, each] of description.nested) nested.push([number, await lay(each, layMemory)])
    const laid: FilesDescription = { ...description, nested }
    return laid
  }
  if (description.kind !== 'memory') return description
  // `as`: only memory has this kind.
  const { buffer, elementType, byteOffset, length, name } = description as MemoryDescription
  const { byteLength } = openMemory(description)
  const path = await layMemory(buffer, byteOffset + byteLength)
  const laid: LaidDescription = { kind: 'laid', path, elementType, byteOffset, length, byteLength, name }
  return laid
}

async function layColumns(description: ColumnsDescription, layMemory: LayMemory): Promise<ColumnsDescription> {
  const layPart = async (part: DataDescription | undefined): Promise<DataDescription | undefined> =>
    part && lay(part, layMemory)
  const layPiece = async (piece: PieceDescription): Promise<PieceDescription> => ({
    ...piece,
    data: await lay(piece.data, layMemory),
    offsets: await layPart(piece.offsets),
    validity: await layPart(piece.validity),
    words: piece.words && (await layPiece(piece.words)),
  })
  const columns: { name: string; pieces: PieceDescription[] }[] = []
  for (const { name, pieces } of description.columns)
    columns.push({ name, pieces: await Promise.all(pieces.map(layPiece)) })
  return { ...description, columns }
}

/** Whether a description is of memory that lies in a file. */
export function isLaid(description: DataDescription): description is LaidDescription {
  return description.kind === 'laid'
}

/** Read laid memory chunk by chunk, as the data of a job. */
export function openLaid(description: LaidDescription): FileReader {
  const nobody = { size: 0n, mtimeNs: 0n, dev: 0n, ino: 0n }
  return new FileReader({ ...description, kind: 'file', identity: nobody, edges: 0 }, false)
}

/** Read laid memory as a whole, for the parameters of a job: chunk functions expect shared memory there. */
export function loadLaid({ path, elementType, byteOffset, length, name }: LaidDescription): SharedData<TypedArray> {
  const bytes = readFileSync(path)
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  return openMemory({ kind: 'memory', elementType, buffer, name, byteOffset, length } as MemoryDescription)
}
