// Loads fast-check. Only the law checker needs it.

import type { FastCheck } from './cases.js'

/** Begun with this module and not with the first check, because the module of a plugin may change built-in objects in between. */
const loading = import('fast-check')
// If it cannot be loaded, the first check says so.
loading.catch(() => {})

/** The module of fast-check. */
export async function loadFastCheck(): Promise<FastCheck> {
  try {
    return (await loading).default
  } catch (cause) {
    throw new Error(
      '@onecopy/core/testing needs fast-check, which cannot be loaded: npm install --save-dev fast-check',
      { cause },
    )
  }
}
