// fast-check, where it is installed: nothing but the checks needs it.

import type { FastCheck } from './cases.js'

/**
 * fast-check's module.
 *
 * @throws {Error} it is not installed
 */
export async function loadFastCheck(): Promise<FastCheck> {
  try {
    return (await import('fast-check')).default
  } catch (cause) {
    throw new Error(
      '@onecopy/core/testing makes its cases with fast-check, which cannot be loaded: npm install --save-dev fast-check',
      { cause },
    )
  }
}
