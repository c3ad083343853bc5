// A plugin that a worker serves.

import { digestPlugin, loadPlugin } from '@onecopy/node'

/** Where a plugin is, and which version of it is meant. */
export interface PluginReference {
  readonly url: string
  readonly name: string
  readonly digest: string
}

/** Load a plugin, and compute its digest. */
export async function loadWorkerPlugin(reference: string | URL): Promise<PluginReference> {
  const { url, name } = await loadPlugin(reference)
  return { url, name, digest: await digestPlugin(url) }
}
