// What this page can do.

/** What a browser and the headers of a page allow. */
export interface Support {
  /** Whether workers can share memory with the page: `createEngine()` needs it. */
  readonly sharedMemory: boolean
  /** Whether WebAssembly may be used and has SIMD: `@onecopy/kernels` is fast then. */
  readonly simd: boolean
  /** Whether there are Web Locks, which tell when a worker has ended. Without them, ending one takes 2.5 s. */
  readonly locks: boolean
  /** How many workers an engine has by default. */
  readonly workers: number
  /** Why there is no shared memory, and what to do about it; undefined if there is. */
  readonly reason: string | undefined
}

/** A module with one SIMD instruction. */
const simdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]

/** Most workers of one engine. Who asks for more has made a mistake. */
export const mostWorkers = 1024

/**
 * Say what this page can do, for pages that want to tell their users.
 *
 * @example
 * const { sharedMemory, reason } = support()
 * if (!sharedMemory) show(reason)
 */
export function support(): Support {
  const reason = missingMemory()
  return {
    sharedMemory: reason === undefined,
    simd: typeof WebAssembly !== 'undefined' && WebAssembly.validate(Uint8Array.from(simdModule)),
    locks: hasLocks(),
    workers: Math.max(1, Math.min(navigator.hardwareConcurrency || 1, mostWorkers)),
    reason,
  }
}

/** Whether there are Web Locks. Pages of the plain http: of another machine have none. */
export function hasLocks(): boolean {
  // `as`: the type says that it is always there.
  return (navigator as { readonly locks?: unknown }).locks !== undefined
}

/** Why there is no shared memory here, with the cure; undefined if there is. */
function missingMemory(): string | undefined {
  if (typeof Worker === 'undefined') return 'there are no Web Workers here; in Node, use @onecopy/node'
  if (typeof SharedArrayBuffer !== 'undefined' && crossOriginIsolated) return undefined
  if (!isSecureContext) return 'shared memory needs a secure page: serve it by https:, or from localhost'
  if (crossOriginIsolated) return 'this browser has no shared memory (SharedArrayBuffer), although the page is isolated'
  return (
    'shared memory needs a page that is cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy: ' +
    'same-origin and Cross-Origin-Embedder-Policy: require-corp, and scripts of workers with the second one as well (in ' +
    'Chrome, Document-Isolation-Policy: isolate-and-require-corp on the page alone does it; where you cannot set headers, a ' +
    'service worker such as coi-serviceworker can)'
  )
}
