// V8's compile cache, where Node has it: what one process or thread has compiled, the next one reads.

import * as module from 'node:module'

/**
 * Keep compiled modules on disk from now on, where Node keeps them: `NODE_COMPILE_CACHE` says where, and
 * `NODE_DISABLE_COMPILE_CACHE=1` that they shall not be kept. Each thread has to ask for itself.
 *
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export function useCompileCache(): void {
  // `as`: Node has it since 22.1, and answers rather than throws where there is no place for a cache.
  const { enableCompileCache } = module as { enableCompileCache?: () => unknown }
  enableCompileCache?.()
}
