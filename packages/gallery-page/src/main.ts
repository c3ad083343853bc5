// The page: checks what the browser offers, and shows the cards.

import { createEngine } from '@onecopy/web'
import { entropyCard } from './cards/entropy-card.js'
import { groupCard } from './cards/group-card.js'
import { hashCard } from './cards/hash-card.js'
import { histogramCard } from './cards/histogram-card.js'
import { kMeansCard } from './cards/k-means-card.js'
import { logCard } from './cards/log-card.js'
import { ownCard } from './cards/own-card.js'
import { searchCard } from './cards/search-card.js'
import { speedCard } from './cards/speed-card.js'
import { wordsCard } from './cards/words-card.js'
import { workersCard } from './cards/workers-card.js'
import { byId, element } from './dom.js'
import { showDock } from './frame/dock.js'
import { openMadeUp, takeData } from './frame/intake.js'
import { offerOptions, offerThemes, showFacts } from './frame/options.js'
import { watchRequests } from './frame/privacy.js'
import { type Missing, missingIn } from './frame/requirements.js'
import { Session } from './frame/session.js'
import { laneWorker, loadLaws } from './frame/workers.js'

const cards = [
  workersCard,
  histogramCard,
  searchCard,
  entropyCard,
  wordsCard,
  kMeansCard,
  logCard,
  groupCard,
  hashCard,
  speedCard,
  ownCard,
]

document.documentElement.setAttribute('data-started', '')
offerThemes()
const missing = missingIn(globalThis)
if (missing.length > 0) showMissing(missing)
else void showPage()

async function showPage(): Promise<void> {
  showFacts()
  const session = new Session(createEngine({ worker: laneWorker }))
  offerOptions(session)
  takeData(session)
  showDock(session)
  byId('cards').append(...cards.map((create) => create(session).section))
  for (const id of ['drop', 'dock']) byId(id).hidden = false
  // All that the page will ever need is loaded now. From then on, there is no request.
  await Promise.all([loadLaws(), import('./frame/code-mirror.js')])
  watchRequests()
  document.documentElement.setAttribute('data-ready', '')
  const demo = Number(new URLSearchParams(location.search).get('demo') ?? 0)
  if (demo > 0) await openMadeUp(session, Math.min(4096, demo))
}

function showMissing(missing: readonly Missing[]): void {
  byId('missing').hidden = false
  byId('missing-list').replaceChildren(
    ...missing.flatMap(({ what, cure }) => [element('h3', {}, what), element('p', {}, cure)]),
  )
}
