// The worker in which the law checker runs the user's function over many small inputs. An endless loop ends with the worker.

import { definePlugin } from '@onecopy/core'
import { findBrokenLaws } from '@onecopy/core/testing'
import { errorText } from './frame/error-text.js'
import { compileOwn } from './own/compile.js'
import type { LawQuestion, LawReply } from './own/laws.js'

addEventListener('message', async ({ data }: MessageEvent<LawQuestion>) => {
  postMessage(await answer(data))
})

async function answer({ sample, ...code }: LawQuestion): Promise<LawReply> {
  try {
    const { map, reduce, chunks } = compileOwn(code)
    const definition = { name: 'yours', map, chunks }
    const data = [sample, 'some words\nand more\n']
    const report =
      reduce === undefined
        ? await findBrokenLaws(definePlugin(import.meta.url, definition), { data })
        : await findBrokenLaws(definePlugin(import.meta.url, { ...definition, reduce }), { data })
    return {
      ok: report.ok,
      cases: report.cases,
      laws: report.laws.map(({ law, statement, status, cases, counterexample, usualCause, reason }) => ({
        law,
        statement,
        status,
        cases,
        counterexample: counterexample?.text,
        usualCause,
        reason,
      })),
    }
  } catch (error) {
    return { error: errorText(error) }
  }
}
