// The parts that a folder keeps.

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Assembly, isOnecopyError, OnecopyError, type Part, type Span } from '@onecopy/core'
import { randomName } from '../crypto.js'
import { unwritable } from './job-file.js'
import { readPart, writePart } from './part-file.js'

const extension = '.part'

/** With more files than this, they become one when they are read. */
const mostFiles = 64

/** Write a part into the folder. */
export async function keepPart(folder: string, { from, to }: Span, part: Part): Promise<void> {
  await writePart(join(folder, `${from}-${to}${extension}`), part)
}

/** Remove all parts from the folder. */
export async function dropParts(folder: string): Promise<void> {
  for (const name of await partNames(folder)) await rm(join(folder, name), { force: true })
}

/**
 * Add all parts of the folder to an assembly. What is damaged is removed, and its chunks will run again.
 *
 * @param fit - makes an earlier part fit the data as it is now
 * @throws {OnecopyError} `ERR_PART_MISMATCH`: a part belongs to another job; the message names its file
 */
export async function takeParts(folder: string, assembly: Assembly<unknown>, fit: (part: Part) => Part): Promise<void> {
  const found: { readonly path: string; readonly part: Part; readonly chunks: number }[] = []
  for (const name of await partNames(folder)) {
    const path = join(folder, name)
    const part = await readWhole(path)
    if (part === undefined) await rm(path, { force: true })
    else found.push({ path, part, chunks: chunksIn(part) })
  }
  // Of two parts with the same chunks, one is the larger: a run was killed while it made one file of many.
  found.sort((a, b) => b.chunks - a.chunks)
  const taken: string[] = []
  for (const { path, part } of found) {
    if (addPart(assembly, path, fit(part))) taken.push(path)
    else await rm(path, { force: true })
  }
  // Once the last chunk is in, blocks at the right edge are merged that will not be blocks when the data has grown.
  if (taken.length <= mostFiles || isComplete(assembly)) return
  await writePart(join(folder, `all-${randomName()}${extension}`), assembly.part()).catch((cause: unknown) => {
    throw unwritable(folder, cause)
  })
  for (const path of taken) await rm(path, { force: true })
}

function isComplete(assembly: Assembly<unknown>): boolean {
  return assembly.missing().at(-1)?.to !== assembly.plan.count
}

async function partNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(extension)).map(({ name }) => name)
}

/** Undefined if the file is damaged. */
async function readWhole(path: string): Promise<Part | undefined> {
  try {
    return await readPart(path)
  } catch (error) {
    if (isOnecopyError(error, 'ERR_PART_DAMAGED')) return undefined
    throw error
  }
}

function addPart(assembly: Assembly<unknown>, path: string, part: Part): boolean {
  try {
    return assembly.add(part)
  } catch (cause) {
    if (!isOnecopyError(cause, 'ERR_PART_MISMATCH')) throw cause
    throw new OnecopyError('ERR_PART_MISMATCH', `${path}: ${cause.message}`, { cause })
  }
}

function chunksIn({ ranges }: Part): number {
  return ranges.reduce((sum, edge, at) => sum + (at % 2 === 0 ? -edge : edge), 0)
}
