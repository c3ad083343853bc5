// Loads @onecopy/cluster, which is installed only by those who need it.

import { hasOwn } from '@onecopy/core/lane'
import { UsageError } from '../terminal/usage-error.js'

/** @throws {UsageError} it is not installed; `option` is what needs it */
export async function loadCluster(option: string): Promise<typeof import('@onecopy/cluster')> {
  try {
    return await import('@onecopy/cluster')
  } catch (cause) {
    const isMissing = hasOwn(Object(cause), 'code') && (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing) throw cause
    throw new UsageError(`${option} needs the package @onecopy/cluster: npm install @onecopy/cluster`, { cause })
  }
}
