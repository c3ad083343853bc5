// Where things lie in the memory: small fixed areas first, then the window in which data lands, open to the end.
//
// There is no allocator: the module has no static data, so all addresses are this file's to give.

/** What a kernel has to say besides its return value; 256 bytes. */
export const results: usize = 0x400

/** The histogram's eight tables of 256 counters of 32 bits. */
export const tables: usize = 0x1000

/** The pattern that is looked for, with room behind it for a whole vector. */
export const pattern: usize = 0x10000
export const patternCapacity: usize = 0x10000 - 64

/** Offsets of matches, as doubles: a quarter of a MiB stays in a core's own cache, beside the data that is searched. */
export const offsets: usize = 0x20000
export const offsetsCapacity: usize = 0x8000

/** Data lands here. Kernels may read (and ignore) up to `slack` bytes behind it. */
export const window: usize = 0x60000
export const slack: usize = 64
