// Loads fast-check. Only the law checker needs it.

import type { FastCheck } from './cases.js'

/** The module of fast-check. */
export async function loadFastCheck(): Promise<FastCheck> {
  try {
    return (await import('fast-check')).default
  } catch (cause) {
    throw new Error(
      '@onecopy/core/testing needs fast-check, which cannot be loaded: npm install --save-dev fast-check',
      { cause },
    )
  }
}
