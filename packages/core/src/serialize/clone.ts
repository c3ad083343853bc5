// Clones values as structured clone does, and leaves shared memory in them shared.
//
// In WebKit, `structuredClone` makes an ordinary copy of shared memory, although posting shares it. Where there is no shared
// memory, what stands for it is an ordinary buffer, which cloning would copy as well.

import { isSharedArrayBuffer } from '../base/built-in.js'
import { runtime } from '../base/runtime.js'
import { viewLike } from './own-views.js'
import { isRebuilt, rebuild } from './rebuild.js'
import { partsOf } from './uncloneable.js'

let keepsShared: boolean | undefined

/** Whether the runtime's `structuredClone` leaves shared memory shared. */
function doesKeepShared(): boolean {
  keepsShared ??=
    typeof SharedArrayBuffer !== 'undefined' && isSharedArrayBuffer(runtime.structuredClone(new SharedArrayBuffer(1)))
  return keepsShared
}

/**
 * Clone `value`. Shared memory in it is the same memory in the clone.
 *
 * @param transfer - ordinary buffers that the clone takes over
 * @throws what structured clone throws
 */
export function cloneValue<T>(value: T, transfer: readonly ArrayBufferLike[] = []): T {
  if (doesKeepShared()) return runtime.structuredClone(value, { transfer })
  const shared = findShared(value)
  if (shared.length === 0) return runtime.structuredClone(value, { transfer })
  const placeholders = shared.map(() => ({}))
  const without = rebuild(value, new Map(shared.map((each, i) => [each, placeholders[i]])))
  const cloned = runtime.structuredClone({ without, placeholders }, { transfer })
  // `as`: it is what `value` is, but for class instances, which cloning makes plain objects of.
  return rebuild(cloned.without, new Map(shared.map((each, i) => [cloned.placeholders[i]!, again(each)]))) as T
}

/** The shared memory in `value`, and the views of it. */
function findShared(value: unknown): (SharedArrayBuffer | ArrayBufferView)[] {
  const found: (SharedArrayBuffer | ArrayBufferView)[] = []
  const seen = new Set<object>()
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return
    seen.add(part)
    if (isSharedArrayBuffer(part)) found.push(part)
    else if (!ArrayBuffer.isView(part)) {
      // What cannot be rebuilt is cloned with all that is in it.
      if (isRebuilt(part)) for (const [, inner] of partsOf(part)) look(inner)
    } else if (isSharedArrayBuffer(part.buffer)) found.push(part)
  }
  look(value)
  return found
}

/** The same memory, with a view of its own. */
function again(shared: SharedArrayBuffer | ArrayBufferView): SharedArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(shared) ? viewLike(shared, shared.buffer, shared.byteOffset) : shared
}
