// The contract of engines, in a browser: the same files as in Node.

import { afterAll, beforeAll, describe, test } from 'vitest'
import { missingBrowser, openBrowser } from './driver.js'
import type { Page } from './page.js'
import { serveSite } from './site.js'

const reason = missingBrowser()
test.skipIf(reason === undefined)(`not run: ${reason}`, () => {})

const few = ['2 workers', '2 workers that share nothing']
/** The others take time, and are run on demand. */
const kinds = process.env.ONECOPY_BROWSER === undefined ? few : ['sequential', '1 worker', '4 workers', ...few]

/** Tests of what only Node has, by their names. */
const ofNode: readonly string[] = [
  // node:util
  'a getter in params is called once, wherever it is',
  // node:vm
  'params and shared data of another realm are what they are',
  'the buffer may be an array of another realm',
  // AsyncLocalStorage
  'listeners are called in the async context of the run’s caller, whichever run had the slot before',
  // files of Node
  'a module with a syntax error rejects with ERR_PLUGIN_LOAD and the cause',
  'the failure of a run inside of a chunk function is the cause of the chunk’s failure',
  'the failure of a run inside of setup is the cause, too',
  'a file that ends too early under chunk.view is the data’s failure',
]
/** Tests of what lanes that share nothing cannot do. */
const ofShared: readonly string[] = [
  // It depends on which lane runs which chunk before the other one.
  'a result that can be cloned when its chunk is run again is blamed on none',
  // A chunk reaches its own window alone.
  'verify finds a chunk that writes into the window of another one',
]

if (reason === undefined) {
  const site = await serveSite()
  const browser = await openBrowser()
  afterAll(async () => {
    await browser.close()
    await site.close()
  })
  const open = (kind: string): Promise<Page> =>
    browser.open(`${site.url}/contract.html?kind=${encodeURIComponent(kind)}`)
  const listed: { readonly kind: string; readonly names: readonly string[] }[] = []
  for (const kind of kinds) {
    // One page at a time: WebKit's driver has no more.
    const page = await open(kind)
    // `as`: the page answers so.
    listed.push({ kind, names: (await page.call('list')) as readonly string[] })
    await page.close()
  }
  describe.each(listed)('$kind', ({ kind, names }) => {
    let page: Page
    beforeAll(async () => {
      page = await open(kind)
    })
    afterAll(() => page?.close())
    const left = kind.endsWith('nothing') ? [...ofNode, ...ofShared] : ofNode
    for (const [index, name] of names.entries()) {
      test.skipIf(left.some((each) => name.endsWith(each)))(name, async () => {
        const failure = await page.call('run', index)
        if (failure !== undefined) throw new Error(String(failure))
      })
    }
  })
}
