// Opens what this package describes, in a lane.

import type { DataDescription, DataReader, TypedArray } from '@onecopy/core/lane'
import { FileReader, isFileDescription } from '../files/file-reader.js'
import { FilesReader, isFilesDescription } from '../files/files-reader.js'
import { isMembersDescription } from './contract.js'
import { MembersReader } from './members-reader.js'

/**
 * Open one or many files, compressed or not; undefined if the description is of something else.
 *
 * @param open - opens anything
 */
export function openFileData(
  description: DataDescription,
  open: (description: DataDescription) => DataReader<TypedArray>,
): DataReader<TypedArray> | undefined {
  if (isFileDescription(description)) return new FileReader(description)
  if (isFilesDescription(description)) return new FilesReader(description, open)
  return isMembersDescription(description) ? new MembersReader(description) : undefined
}
