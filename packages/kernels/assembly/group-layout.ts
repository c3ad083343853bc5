// The layout of the memory for grouping rows. An instance that groups rows does nothing else, so it may use all of the memory.
//
// The window with the rows is followed by the table. JavaScript places the parts of the table, because they grow, and writes their
// addresses to the header.

/** The header: 32-bit words, each at one of the offsets below. */
export const groupHeader: usize = 0x3000
/** Address of the slots: per slot, 8 bytes: the hash of a key, and the key's number plus 1, or 0 for a free slot. */
export const slotsAt: usize = 0
/** The number of slots, a power of two, minus 1. */
export const slotMask: usize = 4
/** Address of the offsets: key `k` has the bytes from `offsets[k]` to `offsets[k + 1]` of the arena. 32-bit words. */
export const offsetsAt: usize = 8
/** Address of the hashes: a 32-bit word per key. */
export const hashesAt: usize = 12
/** Address of the values: per key, doubles: its rows; then count, sum, min and max of each column. */
export const valuesAt: usize = 16
/** Address of the arena: the bytes of all keys, one after the other. */
export const arenaAt: usize = 20
/** How many bytes the arena has room for. */
export const arenaRoom: usize = 24
/** How many keys the table has room for. */
export const keyRoom: usize = 28
/** How many keys there are. */
export const keyCount: usize = 32
/** How many lines were not rows. */
export const malformedCount: usize = 36
/** Why the kernel returned: one of the reasons below. */
export const reason: usize = 40
/** The byte between two fields. */
export const separatorByte: usize = 44
/** The last field that is needed, from 0. */
export const lastField: usize = 48
/** How many columns there are. */
export const columnCount: usize = 52

/** The kernel has read all rows. */
export const allRead: u32 = 0
/** The table has no room for the next row's key. */
export const tableFull: u32 = 1
/** JavaScript has to read the next row, because one of its numbers is too long or out of range. */
export const rowLeft: u32 = 2

/** What each field is, a byte per field: 0 nothing, 255 the key, else a column's number plus 1. */
export const fieldKinds: usize = 0x3100
export const keyField: u32 = 255
/** The type of each column, a byte per column: 0 integer or decimal, 1 double. */
export const columnTypes: usize = 0x3200
/** The digits of each decimal column behind the point, a byte per column. */
export const columnDigits: usize = 0x3280
/** The values of the row that is being read: a double per column. */
export const rowValues: usize = 0x3300
/** The powers of ten from 0 to 22, as doubles. JavaScript writes them. */
export const powersOfTen: usize = 0x3600

/** The window with the rows. The byte behind its last row may be read, and `slack` bytes more. */
export const rowWindow: usize = 0x4000
