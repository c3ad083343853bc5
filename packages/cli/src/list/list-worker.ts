// The thread that loads one module for `onecopy list`, and says which plugins are in it.

import { workerData } from 'node:worker_threads'
import { isError } from '@onecopy/core/lane'
import { listPlugins } from '@onecopy/node'
import pc from 'picocolors'
import { failureText } from '../terminal/failure-text.js'
import type { ThreadData } from '../terminal/plugin-thread.js'
import { describeParams, type ListedParam } from './describe-params.js'

/** What it is asked. */
export interface ListRequest {
  readonly reference: string
  /** The folder that references are looked for from. */
  readonly from: string
  /** Whether errors have colours. */
  readonly isColored: boolean
}

/** A plugin, as plain data. */
export interface ListedPlugin {
  readonly name: string
  readonly url: string
  readonly description: string
  /** Whether its parameters have a schema. */
  readonly hasSchema: boolean
  readonly params: readonly ListedParam[]
}

/** Why there are none. */
export interface LoadFailure {
  /** In one line. */
  readonly reason: string
  /** As it is told where nothing else can be listed. */
  readonly text: string
}

/** What it answers. */
export type ListAnswer = { readonly plugins: readonly ListedPlugin[] } | { readonly failure: LoadFailure }

// `as`: that is what the command starts this thread with.
const { input, port } = workerData as ThreadData<ListRequest>
const answer = await list(input)
port.postMessage(answer)

async function list({ reference, from, isColored }: ListRequest): Promise<ListAnswer> {
  try {
    const plugins = await listPlugins(reference, { from })
    return {
      plugins: plugins.map((plugin) => {
        const { name, url, description, schema } = plugin
        return { name, url, description, hasSchema: schema !== undefined, params: describeParams(plugin) }
      }),
    }
  } catch (error) {
    const reason = isError(error) ? error.message : String(error)
    return { failure: { reason, text: failureText(error, {}, pc.createColors(isColored)) } }
  }
}
