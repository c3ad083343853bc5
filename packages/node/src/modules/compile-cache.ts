// V8's compile cache, where Node has it: the next process or thread reads what an earlier one has compiled.

import * as module from 'node:module'

/**
 * From now on, keep compiled modules in Node's cache on disk. `NODE_COMPILE_CACHE` names its folder, and
 * `NODE_DISABLE_COMPILE_CACHE=1` turns it off. Each thread has to call this for itself.
 *
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export function useCompileCache(): void {
  // `as`: Node has the function since 22.1. It does not throw where a cache cannot be written.
  const { enableCompileCache } = module as { enableCompileCache?: () => unknown }
  enableCompileCache?.()
}
