// Makes the garbage collector aware of shared memory.
//
// V8 does not count a SharedArrayBuffer as memory that a collection would free. So if a program allocates little else, no
// collection runs, and dropped buffers stay in memory: in the caller, and in each worker that has a handle on them. To prevent
// that, each shared buffer gets an ordinary ArrayBuffer, which V8 counts and which lives exactly as long. Nobody touches its
// pages, so the system gives it no memory.

/**
 * At most this much is counted for one buffer. 64 MiB of new memory make V8 start a collection; more would waste address space.
 */
const mostBytes = 96 * 1024 * 1024
/** Smaller buffers share blocks of this size. A larger buffer has a block of its own. */
const blockBytes = 1024 * 1024
/** A small buffer takes this much in addition to its bytes, for the objects that represent it. */
const objectBytes = 256
/** After this many new bytes of shared memory, a full collection is forced. */
const collectBytes = 64 * 1024 * 1024
/** After this many, an idle thread starts a collection. */
const idleCollectBytes = 32 * 1024 * 1024
/** How long a thread must be idle before that, in ms: at first, and at most. */
const [leastIdleMs, mostIdleMs] = [20, 5000]
/** After this many remembered blocks of received buffers, dead ones are forgotten. */
const fewestRemembered = 64

/** An ordinary buffer that V8 counts and nobody touches. */
type Block = object

/** The block of each buffer, which lives as long as the buffer; undefined if there was no address space for one. */
const blocks = new WeakMap<SharedArrayBuffer, Block | undefined>()
/** The names of the buffers that this thread made or received. */
const names = new WeakMap<SharedArrayBuffer, string>()
/** Blocks by the name of their buffer. A buffer that arrives is a new object each time, but it must be counted once. */
const named = new Map<string, WeakRef<Block>>()
/** When `named` reaches this size, dead entries are removed. */
let tidyAt = fewestRemembered

/** The block that small buffers share at present, and how many of its bytes are left. */
let current: Block | undefined
let left = 0
/** Bytes of new buffers since the last forced collection. */
let newBytes = 0
/** The names of large buffers that this thread received. */
const received = new Set<string>()
/** At most this many of those names are kept. */
const mostReceived = 100
/** Doubles with each collection as long as the same buffers arrive again, because then their sender still holds them. */
let idleMs = leastIdleMs

/** Makes the names of this thread's buffers unique. If two buffers had one name, only one of them would be counted. */
const thread = Math.random().toString(36).slice(2)
let lastName = 0

/** Count `buffer` once in this thread. `name` is what {@link nameOf} returned in the thread that the buffer came from. */
export function countBuffer(buffer: SharedArrayBuffer, name?: string): void {
  if (blocks.has(buffer)) return
  if (name !== undefined) names.set(buffer, name)
  const known = name === undefined ? undefined : named.get(name)?.deref()
  const block = known ?? blockFor(buffer.byteLength)
  blocks.set(buffer, block)
  if (known !== undefined) return
  if (name !== undefined && block !== undefined) remember(name, block)
  if (name !== undefined && buffer.byteLength >= blockBytes) noteReceived(name)
  // Before `newBytes` grows: earlier buffers may have been dropped by now, but this one was not.
  if (newBytes >= collectBytes) collect()
  newBytes += buffer.byteLength
}

function noteReceived(name: string): void {
  if (received.has(name)) return
  if (received.size >= mostReceived) received.clear()
  received.add(name)
  idleMs = leastIdleMs
}

/**
 * How long this thread should be idle, in ms, before it calls {@link collectMemory}; undefined if there is too little to free.
 * An idle thread allocates nothing, so no collection would start by itself.
 */
export function idleMsToCollection(): number | undefined {
  return newBytes >= idleCollectBytes ? idleMs : undefined
}

/** Free the shared memory that this thread has dropped. Takes a few ms. */
export function collectMemory(): void {
  idleMs = Math.min(2 * idleMs, mostIdleMs)
  collect()
}

/** The name of `buffer`. It is the same in every thread to which the buffer was sent together with its name. */
export function nameOf(buffer: SharedArrayBuffer): string {
  let name = names.get(buffer)
  if (name === undefined) {
    name = `${thread}.${++lastName}`
    names.set(buffer, name)
    const block = blocks.get(buffer)
    if (block !== undefined) remember(name, block)
  }
  return name
}

function remember(name: string, block: Block): void {
  if (named.size >= tidyAt) {
    for (const [each, ref] of named) if (ref.deref() === undefined) named.delete(each)
    tidyAt = Math.max(fewestRemembered, 2 * named.size)
  }
  named.set(name, new WeakRef(block))
}

function blockFor(byteLength: number): Block | undefined {
  if (byteLength >= blockBytes) return allocateBlock(Math.min(byteLength, mostBytes))
  if (left < byteLength) {
    current = allocateBlock(blockBytes)
    left = blockBytes
  }
  left -= byteLength + objectBytes
  return current
}

function allocateBlock(byteLength: number): Block | undefined {
  try {
    // A resizable buffer gets whole pages from the system. Others come from a heap that may have to clear them. `as`: the
    // options are newer than the type library that core compiles with.
    const options = { maxByteLength: byteLength }
    return new (ArrayBuffer as new (byteLength: number, options: object) => Block)(byteLength, options)
  } catch {
    // There is no address space for it. The buffer is not counted, and everything else works.
    return undefined
  }
}

/** Allocations between two checks whether a collection has ended: about a millisecond in a small heap. */
const steps = 2000
/** At most this many checks, because V8's own threads may be late on a busy machine. */
const mostLooks = 20

/**
 * Objects that are held until a collection is wanted. When one of them is gone, the collection has ended. Each can be checked
 * only once, because reading a weak reference keeps its object alive for a while.
 */
interface Canaries {
  held: readonly object[]
  readonly refs: readonly WeakRef<object>[]
}

/** Made in advance, because creating a weak reference also keeps its object alive for a while. */
let canaries: readonly Canaries[] = makeCanaries()

function makeCanaries(): Canaries[] {
  // The first collection may have begun before the memory was dropped, and then it misses that memory. So a second one follows.
  // The second one also waits until the memory that the first one found is free, which a thread of V8's own does.
  return Array.from({ length: 2 }, () => {
    const held = Array.from({ length: mostLooks }, () => ({}))
    return { held, refs: held.map((object) => new WeakRef(object)) }
  })
}

/**
 * Free what has been dropped, at once. New memory alone would only start a collection, which would end with the next large
 * buffer.
 */
function collect(): void {
  newBytes = 0
  for (const each of canaries) {
    // Nobody keeps this block. V8 counts it, so a collection starts. If it cannot be allocated, no collection starts, and there
    // is nothing to wait for.
    if (allocateBlock(mostBytes) === undefined) break
    each.held = []
    for (const ref of each.refs) {
      // A collection makes progress each time counted memory is allocated.
      Array.from({ length: steps }, () => new ArrayBuffer(16))
      if (ref.deref() === undefined) break
    }
  }
  canaries = makeCanaries()
}
