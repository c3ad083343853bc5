// How a compressed file is described to lanes.

import type { DataDescription } from '@onecopy/core'
import type { FileDescription } from '../files/file-reader.js'
import type { MemberTable } from './member-table.js'

/** A compressed file whose members are decompressed by the lanes that need them, as plain data. */
export interface MembersDescription extends DataDescription {
  readonly kind: 'members'
  readonly format: 'gzip' | 'zstd'
  /** The compressed file. */
  readonly file: FileDescription
  readonly table: MemberTable
  readonly elementType: string
  /** The first byte of the data that is used, of all that is decompressed. */
  readonly byteOffset: number
  /** Number of elements. */
  readonly length: number
}

/** Whether a description describes a compressed file with members. */
export function isMembersDescription(description: DataDescription): description is MembersDescription {
  return description.kind === 'members'
}
