// The layout of the memory: small fixed areas first, then the window for data, which reaches to the end of the memory.
//
// There is no allocator. The module has no static data, so this file assigns all addresses.

/** What a kernel returns besides its return value; 256 bytes. */
export const results: usize = 0x400

/** The histogram's eight tables of 256 counters of 32 bits. */
export const tables: usize = 0x1000

/** The pattern to find, with room behind it for a whole vector. */
export const pattern: usize = 0x10000
export const patternCapacity: usize = 0x10000 - 64

/** Offsets of matches, as doubles. A quarter of a MiB, so that it stays in a core's own cache beside the data. */
export const offsets: usize = 0x20000
export const offsetsCapacity: usize = 0x8000

/** The window for data. Kernels may read, and ignore, up to `slack` bytes behind the data. */
export const window: usize = 0x60000
export const slack: usize = 64
