// The thread that loads one module for `onecopy list` and reports its plugins.

import { workerData } from 'node:worker_threads'
import { isError } from '@onecopy/core/lane'
import { listPlugins } from '@onecopy/node'
import pc from 'picocolors'
import { failureText } from '../terminal/failure-text.js'
import type { ThreadData } from '../terminal/plugin-thread.js'
import { describeParams, type ListedParam } from './describe-params.js'

/** What the thread is asked to do. */
export interface ListRequest {
  readonly reference: string
  /** The folder from which references are resolved. */
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

/** Why no plugins can be listed. */
export interface LoadFailure {
  /** In one line. */
  readonly reason: string
  /** The full text, used if nothing else can be listed. */
  readonly text: string
}

/** The thread's answer. */
export type ListAnswer = { readonly plugins: readonly ListedPlugin[] } | { readonly failure: LoadFailure }

// `as`: the command starts this thread with such data.
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
