// Which compressed files are read member by member.

import type { MemberTableBuilder } from './member-table.js'

/** Most bytes of data in a member that is decompressed as a whole. Each worker holds one such member. */
export const mostMemberBytes: number = 64 * 1024 * 1024

/** A file with less data is decompressed by each worker that needs it, even if it has one member. */
export const mostSingleBytes: number = 4 * 1024 * 1024

/** Whether several workers finish sooner with these members than one that decompresses them for all. */
export function splitsWell({ length, largest }: MemberTableBuilder): boolean {
  return largest <= mostSingleBytes || largest * 2 <= length
}
