// Makes the garbage collector see shared memory.
//
// V8 does not count a SharedArrayBuffer as memory that a collection would give back. Without more, nothing else may be allocated
// for long, no collection comes, and dropped buffers stay: in the caller, and in each worker that has a handle on them. So an
// ordinary ArrayBuffer, which is counted, lives exactly as long as the shared one. Nobody touches its pages, so the system gives it
// no memory.

/** What is counted for one buffer at most. New memory of 64 MiB makes V8 start a collection; more would waste address space. */
const mostBytes = 96 * 1024 * 1024
/** Smaller buffers are counted together, in blocks of this size; larger ones have a block of their own. */
const blockBytes = 1024 * 1024
/** A small buffer takes this much besides its bytes: the objects that stand for it. */
const objectBytes = 256
/** After so many new bytes of shared memory a collection is brought to its end. */
const collectBytes = 64 * 1024 * 1024
/** After so many an idle thread starts a collection. */
const idleCollectBytes = 32 * 1024 * 1024
/** How long a thread is idle before that, in ms: at first, and at most. */
const [leastIdleMs, mostIdleMs] = [20, 5000]
/** How many blocks of received buffers are remembered before the dead ones are forgotten. */
const fewestRemembered = 64

/** An ordinary buffer that is counted and never touched. */
type Block = object

/** The block that lives as long as each buffer does; undefined: there was no address space for one. */
const blocks = new WeakMap<SharedArrayBuffer, Block | undefined>()
/** The names of the buffers of this thread, and of those it received. */
const names = new WeakMap<SharedArrayBuffer, string>()
/** By the buffer's name: a buffer that arrives is another object each time, and is counted once. */
const named = new Map<string, WeakRef<Block>>()
/** When `named` has this size, dead entries are removed. */
let tidyAt = fewestRemembered

/** The block that small buffers are counted in, and how many bytes of it are left. */
let current: Block | undefined
let left = 0
/** Bytes of new buffers since a collection was last brought to its end. */
let newBytes = 0
/** The names of large buffers that were received. */
const received = new Set<string>()
/** How many of them are remembered. */
const mostReceived = 100
/** Doubles with each collection while the same buffers arrive again and again, because their sender keeps them. */
let idleMs = leastIdleMs

/** Tells the names of this thread's buffers from those of others. Where two were alike, one buffer would not be counted. */
const thread = Math.random().toString(36).slice(2)
let lastName = 0

/** Count `buffer` in this thread, once. `name`: what {@link nameOf} called it in the thread that it came from. */
export function countBuffer(buffer: SharedArrayBuffer, name?: string): void {
  if (blocks.has(buffer)) return
  if (name !== undefined) names.set(buffer, name)
  const known = name === undefined ? undefined : named.get(name)?.deref()
  const block = known ?? blockFor(buffer.byteLength)
  blocks.set(buffer, block)
  if (known !== undefined) return
  if (name !== undefined && block !== undefined) remember(name, block)
  if (name !== undefined && buffer.byteLength >= blockBytes) noteReceived(name)
  // What came before may have been dropped by now; this buffer has not.
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
 * How long this thread should be idle before it calls {@link collectMemory}, in ms; undefined: there is too little to give back. An
 * idle thread allocates nothing, so no collection would come by itself.
 */
export function idleMsToCollection(): number | undefined {
  return newBytes >= idleCollectBytes ? idleMs : undefined
}

/** Collect the shared memory that this thread has dropped. Takes some ms. */
export function collectMemory(): void {
  idleMs = Math.min(2 * idleMs, mostIdleMs)
  collect()
}

/** The name of `buffer`, the same in every thread that it was sent to with it. */
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
    // A buffer that could be resized gets whole pages from the system; others come from a heap that may have to clear them.
    // `as`: the options are newer than the library that core compiles with.
    const options = { maxByteLength: byteLength }
    return new (ArrayBuffer as new (byteLength: number, options: object) => Block)(byteLength, options)
  } catch {
    // There is no address space for it: the buffer is not counted, and all else works.
    return undefined
  }
}

/** Steps of a collection until somebody looks whether it has ended: about a millisecond in a small heap. */
const steps = 2000
/** How often that is done at most: on a busy machine V8's own threads may be late. */
const mostLooks = 20

/**
 * Objects that are held until a collection is wanted: where they are gone, it has ended. Each can be looked at once, because looking
 * at it keeps it for a while.
 */
interface Canaries {
  held: readonly object[]
  readonly refs: readonly WeakRef<object>[]
}

/** Made before they are needed, because a new weak reference keeps its object for a while as well. */
let canaries: readonly Canaries[] = makeCanaries()

function makeCanaries(): Canaries[] {
  // The first collection may have begun before the memory was dropped, and miss it: a second one follows. That one also waits until
  // the memory that the first one found is free, which V8 sees to in a thread of its own.
  return Array.from({ length: 2 }, () => {
    const held = Array.from({ length: mostLooks }, () => ({}))
    return { held, refs: held.map((object) => new WeakRef(object)) }
  })
}

/** Collect what has been dropped, at once: new memory alone starts a collection, and it would take until the next large buffer. */
function collect(): void {
  newBytes = 0
  for (const each of canaries) {
    // Nobody keeps it. It is counted, so that a collection starts. Without it none would, and there is nothing to wait for.
    if (allocateBlock(mostBytes) === undefined) break
    each.held = []
    for (const ref of each.refs) {
      // A collection goes on by a step at each allocation of memory that is counted.
      Array.from({ length: steps }, () => new ArrayBuffer(16))
      if (ref.deref() === undefined) break
    }
  }
  canaries = makeCanaries()
}
