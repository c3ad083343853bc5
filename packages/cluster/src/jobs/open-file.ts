// Opens the file that a job names.

import type { TypedArray } from '@onecopy/core'
import { elementConstructor } from '@onecopy/core/lane'
import { type FileData, file } from '@onecopy/node'
import type { JobData } from './contract.js'

/** The job's part of the file at `path`. */
export function openFile(path: string, { elementType, byteOffset, length }: JobData): FileData<TypedArray> {
  return file<TypedArray>(path, elementConstructor(elementType), {
    offset: byteOffset,
    end: length,
  }) as FileData<TypedArray>
}
