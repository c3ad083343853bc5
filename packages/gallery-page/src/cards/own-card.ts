// Card: the user's own function over the data, with the law checker beside it.

import { button, choice, element, labelled } from '../dom.js'
import { type Card, createCard } from '../frame/card.js'
import { createEditor } from '../frame/editor.js'
import { errorText } from '../frame/error-text.js'
import type { Session } from '../frame/session.js'
import { lawsWorker } from '../frame/workers.js'
import { compileOwn, type OwnCode } from '../own/compile.js'
import { ownExamples } from '../own/examples.js'
import type { LawAnswer, LawQuestion, LawReply } from '../own/laws.js'
import { countText, rateText, timeText } from '../text/numbers.js'
import { printValue } from '../text/print-value.js'

const sampleBytes = 4096
/** The longest time that a check may take, in ms. A function that never ends is noticed then. */
const longestCheckMs = 20_000

const unchecked =
  'Is the answer the same wherever the data is cut, for any number of workers, in any order? Press “Check the laws” to find out.'

const chunkers = [
  ['fixed({ size: 65536 })', '64 KiB each'],
  ['fixed({ size: 262144 })', '256 KiB each'],
  ['fixed({ size: 4194304 })', '4 MiB each'],
  ['lines()', 'at line ends'],
] as const

const code = `
const run = engine.map(data, yourFunction, { chunks }).reduce(yourReducer)

// In your tests, the same checker:
import { checkPlugin } from '@onecopy/core/testing'
await checkPlugin(yourPlugin, { data: sample })`

/** The card. */
export function ownCard(session: Session): Card {
  const card = createCard({
    id: 'own',
    title: 'Your own function',
    about:
      'A chunk function is called once per chunk, in any worker. A reducer makes one value of the results. The checker runs both ' +
      'over many small inputs, and looks for one whose answer depends on where it is cut.',
    code,
    isWide: true,
  })
  const [begin] = ownExamples
  const example = choice(ownExamples.map(({ name }, i) => [String(i), name]))
  const map = createEditor('Chunk function', begin!.map)
  const reduce = createEditor('Reducer (or nothing)', begin!.reduce)
  const chunks = choice(chunkers, begin!.chunks)
  example.addEventListener('change', () => {
    const chosen = ownExamples[Number(example.value)]!
    map.value = chosen.map
    reduce.value = chosen.reduce
    chunks.value = chosen.chunks
  })
  const value = element('pre', { hidden: true, tabindex: 0, 'aria-label': 'The answer' })
  const laws = element('div', { role: 'status', id: 'laws' }, element('p', { class: 'note' }, unchecked))
  const own = (): OwnCode => ({ map: map.value, reduce: reduce.value, chunks: chunks.value })

  const runIt = async (): Promise<void> => {
    const { source } = session
    if (source === undefined) {
      card.outcome.textContent = 'Choose some data first.'
      return
    }
    let functions: ReturnType<typeof compileOwn>
    try {
      functions = compileOwn(own())
    } catch (error) {
      card.outcome.textContent = errorText(error)
      return
    }
    const done = await session.run('your function', async ({ engine, signal, workers, watch }) => {
      try {
        const run = engine.map(source.data, functions.map, {
          signal,
          workers,
          chunks: functions.chunks,
          name: 'your function',
        })
        return { value: await (functions.reduce === undefined ? watch(run) : watch(run.reduce(functions.reduce))) }
      } catch (error) {
        if (signal.aborted) throw error
        return { error }
      }
    })
    if (done === undefined) return
    const isFailed = 'error' in done.value
    card.outcome.classList.toggle('bad', isFailed)
    card.outcome.textContent = isFailed
      ? errorText(done.value.error)
      : `${timeText(done.ms)}: ${rateText(source.data.byteLength, done.ms)}`
    value.hidden = isFailed
    value.textContent = isFailed ? '' : printValue(done.value.value)
  }

  const check = button('Check the laws', async () => {
    check.disabled = true
    laws.replaceChildren(element('p', { class: 'hint' }, 'The checker looks for a case that breaks a law …'))
    const { source } = session
    try {
      const sample =
        source === undefined ? new Uint8Array(0) : await source.bytes(0, Math.min(sampleBytes, source.data.byteLength))
      laws.replaceChildren(...describe(await ask({ ...own(), sample })))
    } catch (error) {
      // The data cannot be read, for example because the file has changed.
      laws.replaceChildren(...describe({ error: errorText(error) }))
    } finally {
      check.disabled = false
    }
  })
  session.listen({
    data: () => {
      value.hidden = true
      card.outcome.classList.remove('bad')
      card.outcome.textContent = ''
    },
  })
  card.controls.append(labelled('begin with', example))
  card.body.append(
    element(
      'div',
      { class: 'two' },
      element(
        'div',
        {},
        map.root,
        reduce.root,
        element(
          'p',
          { class: 'pick' },
          labelled('chunks', chunks),
          button('Run on the data', runIt, { class: 'main' }),
          check,
        ),
        value,
      ),
      element('div', {}, element('h3', {}, 'Law checker'), laws),
    ),
  )
  return card
}

/** Ask the law checker, in a worker of its own, for at most {@link longestCheckMs}. */
async function ask(question: LawQuestion): Promise<LawReply> {
  const worker = await lawsWorker()
  let timer = 0
  try {
    return await new Promise<LawReply>((resolve) => {
      timer = window.setTimeout(
        () => resolve({ error: `no answer in ${timeText(longestCheckMs)}: does the function have an endless loop?` }),
        longestCheckMs,
      )
      worker.addEventListener('message', ({ data }: MessageEvent<LawReply>) => resolve(data))
      worker.addEventListener('error', (event) => resolve({ error: event.message || 'the checker could not start' }))
      worker.postMessage(question)
    })
  } finally {
    window.clearTimeout(timer)
    worker.terminate()
  }
}

function describe(reply: LawReply): HTMLElement[] {
  if ('error' in reply) return [element('p', { class: 'bad' }, reply.error)]
  const broken = reply.laws.filter(isBroken).length
  const sorted = [...reply.laws.filter(isBroken), ...reply.laws.filter(({ status }) => status === 'holds')]
  const verdict =
    broken > 0
      ? `${broken} of ${reply.laws.length} laws ${broken === 1 ? 'is' : 'are'} broken`
      : reply.ok
        ? 'No law is broken'
        : 'It gives no answer for any input'
  return [
    element('h3', { class: reply.ok ? 'good' : 'bad' }, `${verdict} (${countText(reply.cases)} cases)`),
    element('ul', { class: 'laws' }, ...sorted.map(describeLaw)),
  ]
}

function isBroken({ status }: LawAnswer): boolean {
  return status === 'broken'
}

function describeLaw({ law, statement, status, counterexample, usualCause }: LawAnswer): HTMLElement {
  const mark = element(
    'strong',
    { class: status === 'holds' ? 'good' : 'bad' },
    status === 'holds' ? '✓ holds' : '✗ broken',
  )
  const item = element('li', {}, mark, ` ${law}: ${statement}`)
  if (counterexample !== undefined) item.append(element('code', { class: 'case' }, counterexample))
  if (usualCause !== undefined) item.append(element('span', { class: 'note' }, `Usually: ${usualCause}`))
  return item
}
