// Engines in pages: what works, and what happens when something goes wrong.

import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'
import { browserName, missingBrowser, openBrowser } from './driver.js'
import type { Browser, Page } from './page.js'
import { isolated, type Site, serveSite } from './site.js'

const reason = missingBrowser()
test.skipIf(reason === undefined)(`not run: ${reason}`, () => {})

const isChromium = browserName === 'chromium'

describe.skipIf(reason !== undefined)(browserName, () => {
  let browser: Browser
  const sites: Site[] = []
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    for (const site of sites) await site.close()
  })

  /** A page of a site with these headers. */
  async function open(headersFor?: (path: string) => OutgoingHttpHeaders): Promise<Page> {
    const site = await serveSite(headersFor)
    sites.push(site)
    return browser.open(`${site.url}/cases.html`)
  }

  describe('an isolated page', () => {
    let page: Page
    beforeAll(async () => {
      page = await open()
    })
    afterAll(() => page?.close())

    test('says that it can share memory', async () => {
      expect(await page.call('support')).toMatchObject({ sharedMemory: true, simd: true, locks: true })
    })

    test.for<readonly [name: string, expected: unknown]>([
      ['inline', [true]],
      ['plugin', 50_000],
      ['moduleFunction', 1000],
      ['kernels', [5e6, 2, [1, 4]]],
      ['stream', [500, true]],
      ['manyRuns', true],
      ['blockedPage', 4_000_000],
      ['blob', [true, true, true, true, true, [0, 20_000_003]]],
      ['typedBlob', [10_000, 'Float64Array', true]],
    ])('%s: shared and dealt', async ([name, expected]) => {
      expect(await page.call(name)).toEqual([expected, expected])
    })

    test('load: a Blob, a stream, a response, and what is none', async () => {
      expect(await page.call('load')).toEqual([
        true,
        true,
        true,
        ['Float32Array', 1.5, 2.5],
        { name: 'Error', message: expect.stringContaining('got status 404') },
        { name: 'TypeError', message: expect.stringContaining('expected a stream of Uint8Array') },
        { name: 'RangeError', message: expect.stringContaining('a whole number of elements of 8 bytes, got 3 bytes') },
        { name: 'TypeError', message: expect.stringContaining('await fetch(url)') },
      ])
    })

    test('stream: a response, a stream of a Blob, and what was fetched give what the same bytes in memory give', async () => {
      const answers = [true, true, true, { name: 'TypeError', message: expect.stringContaining('404') }]
      expect(await page.call('streams')).toEqual([answers, answers])
    })

    test('file: what is no file', async () => {
      expect(await page.call('badFile')).toEqual([
        expect.stringMatching(/^TypeError: blob: expected a File or another Blob.*await fetch\(url\)/),
        expect.stringContaining('blob.slice(start, end)'),
      ])
    })

    test('sequential reads a Blob after load() alone, and says so', async () => {
      expect(await page.call('sequential')).toEqual({ value: [3] })
      expect(await page.call('sequentialFile')).toMatchObject({ message: expect.stringContaining('await load(blob)') })
    })

    test('what lanes write into shared memory of the parameters is there', async () => {
      expect(await page.call('sharedOutput')).toEqual([1, 2, 3, 4, 5, 6, 7, 9])
    })

    test('an engine inside of a worker', async () => {
      expect(await page.call('inWorker')).toEqual([3])
    })

    test('plugins and functions are found in serveLanes, whatever their URLs are', async () => {
      expect(await page.call('registered')).toEqual([
        { value: 10 },
        { value: [10] },
        expect.objectContaining({ code: 'ERR_PLUGIN_LOAD', message: expect.stringContaining('serveLanes([…])') }),
        { value: 1 },
      ])
    })

    test('a worker that closes itself in a chunk is lost, the chunk is blamed, and the run fails after its retries', async () => {
      expect(await page.call('closes')).toMatchObject({
        code: 'ERR_WORKER_LOST',
        chunk: 3,
        lost: [
          [3, expect.stringContaining('close()')],
          [3, expect.anything()],
        ],
      })
      // Dealt, the first loss may be known without its chunk.
      expect(await page.call('closesDealt')).toMatchObject({ code: 'ERR_WORKER_LOST', chunk: 3 })
    })

    test('a worker that closes itself after its results loses none', async () => {
      expect(await page.call('closesAtTheEnd')).toEqual([{ value: 2016 }, { value: 2016 }])
    })

    test.each(['throwsLater', 'rejectsLater'])('%s: what is left behind does not end the worker', async (name) => {
      const expected = { value: [0, 1, 2, 3, 4, 5, 6, 7] }
      expect(await page.call(name)).toEqual([expected, expected])
    })

    test.each<readonly [name: string, expected: object]>([
      ['throws', { code: 'ERR_CHUNK_FAILED', chunk: 3 }],
      ['captures', { code: 'ERR_INLINE_CAPTURE' }],
      ['missingModule', { code: 'ERR_PLUGIN_LOAD', message: expect.stringContaining('/nothing.js') }],
      ['dataUrl', { code: 'ERR_PLUGIN_LOAD', message: expect.stringContaining('serveLanes([…])') }],
    ])('%s', async (name, expected) => {
      expect(await page.call(name)).toMatchObject([expected, expected])
    })

    test.each<readonly [name: string, message: string]>([
      ['missingWorker', 'Cross-Origin-Embedder-Policy'],
      ['throwingWorker', 'a fault in the script'],
      ['refusedWorker', 'not allowed'],
    ])('%s: the run rejects with ERR_WORKER_LOST and the causes', async (name, message) => {
      expect(await page.call(name)).toMatchObject({
        code: 'ERR_WORKER_LOST',
        message: expect.stringContaining(message),
      })
    })

    test.concurrent.each([true, false])(
      'an endless loop is ended, and nobody touches the data when the run has settled (shared: %s)',
      async (shared) => {
        expect(await page.call('cancelsLoop', shared)).toMatchObject({
          message: 'stop',
          stands: true,
          next: { value: 28 },
        })
      },
    )

    test.concurrent.each([true, false])('an endless chunk is timed out (shared: %s)', async (shared) => {
      expect(await page.call('timesOut', shared)).toMatchObject({ code: 'ERR_CHUNK_TIMEOUT', chunk: 3 })
    })

    test.concurrent('dealt, an endless chunk among many short ones is timed out as well', async () => {
      expect(await page.call('timesOutLate')).toMatchObject({ code: 'ERR_CHUNK_TIMEOUT' })
    })

    test.concurrent('a loop that a chunk function has left behind holds up no later run', async () => {
      expect(await page.call('leftLoop')).toEqual({ value: 28 })
    })

    test.concurrent('an engine can be closed while its lanes hang', async () => {
      expect(await page.call('closesEngine')).toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
    })

    test('a script of workers may have messages of its own, and hears no others', async () => {
      expect(await page.call('ownMessages')).toEqual([
        [3, 2],
        ['first', 'last'],
      ])
    })

    test('runs survive workers that close themselves at random', async () => {
      const expected = { wrong: [], hasLost: true }
      expect(await page.call('soak', isChromium ? 10 : 100)).toEqual([expected, expected])
    })

    test('a page that is reloaded in the middle leaves no worker behind', async () => {
      expect(await page.call('begin')).toBe(2)
      await page.reload()
      await expect.poll(() => page.call('locks'), { timeout: 10_000 }).toBe(0)
      expect(await page.call('sequential')).toEqual({ value: [3] })
    })

    test('a chosen file is read, and a change of it makes the run reject', async () => {
      const path = join(tempDir(), 'chosen.bin')
      writeFileSync(path, new Uint8Array(5000))
      await page.chooseFile(path)
      expect(await page.call('chosenFile')).toEqual([{ value: 5000 }, { value: 5000 }])
      appendFileSync(path, new Uint8Array(10))
      const changed = { code: 'ERR_DATA_CHANGED', message: expect.stringContaining('chosen.bin') }
      if (isChromium) expect(await page.call('chosenFile')).toMatchObject([changed, changed])
      rmSync(path)
      expect(await page.call('chosenFile')).toMatchObject([changed, changed])
    })
  })

  describe('a page that is not isolated', () => {
    let page: Page
    beforeAll(async () => {
      page = await open(() => ({}))
    })
    afterAll(() => page?.close())

    test('says what is missing, and what helps', async () => {
      expect(await page.call('support')).toMatchObject({
        sharedMemory: false,
        reason: expect.stringContaining('Cross-Origin-Embedder-Policy: require-corp'),
      })
      expect(await page.call('nothingShared')).toMatch(
        /^Error: createEngine: .*Cross-Origin-Opener-Policy.*shared: false/,
      )
    })

    test.for<readonly [name: string, expected: unknown]>([
      ['inline', [true]],
      ['plugin', 50_000],
      ['moduleFunction', 1000],
      ['kernels', [5e6, 2, [1, 4]]],
      ['manyRuns', true],
      ['blob', [true, true, true, true, true, [0, 20_000_003]]],
      ['closesAtTheEnd', { value: 2016 }],
    ])('%s: dealt', async ([name, expected]) => {
      expect(await page.call(name)).toEqual([expected])
    })

    test('sequential', async () => {
      expect(await page.call('sequential')).toEqual({ value: [3] })
    })

    test('an endless chunk is timed out', async () => {
      expect(await page.call('timesOut', false)).toMatchObject({ code: 'ERR_CHUNK_TIMEOUT', chunk: 3 })
    })
  })

  describe('policies', () => {
    const isWorker = (path: string): boolean => path.endsWith('lane-worker.js')
    const self = "default-src 'self'"

    test("a worker's script without the header of isolation is refused, and the error says so", async () => {
      const page = await open((path) => (isWorker(path) ? {} : isolated))
      // Firefox and WebKit load it.
      const expected = { code: 'ERR_WORKER_LOST', message: expect.stringContaining('Cross-Origin-Embedder-Policy') }
      if (isChromium) await expect(page.call('inline')).rejects.toThrow(/Cross-Origin-Embedder-Policy/)
      else expect(expected).toBeDefined()
      await page.close()
    })

    test('under a strict policy plugins and kernels work, and inline functions name the policy', async () => {
      const page = await open(() => ({ ...isolated, 'Content-Security-Policy': self }))
      expect(await page.call('plugin')).toEqual([50_000, 50_000])
      expect(await page.call('kernels')).toEqual([
        [5e6, 2, [1, 4]],
        [5e6, 2, [1, 4]],
      ])
      await expect(page.call('inline')).rejects.toThrow(/content security policy.*'unsafe-eval'.*definePlugin/)
      await page.close()
    })

    test("inline functions work where the worker's own policy lets them", async () => {
      const page = await open((path) => (isWorker(path) ? isolated : { ...isolated, 'Content-Security-Policy': self }))
      expect(await page.call('inline')).toEqual([[true], [true]])
      await page.close()
    })

    // The messages of other browsers were not looked at: this was tried in Chromium alone.
    test.skipIf(!isChromium)('where Trusted Types are demanded, the cure is named', async () => {
      const page = await open(() => ({ ...isolated, 'Content-Security-Policy': "require-trusted-types-for 'script'" }))
      await expect(page.call('plugin')).rejects.toThrow(/Trusted Types.*createEngine\(\{ worker \}\)/)
      await page.close()
    })

    // Only Chromium knows Document-Isolation-Policy.
    test.skipIf(!isChromium)('one header on the page alone isolates it', async () => {
      const page = await open((path) =>
        path.endsWith('.html') ? { 'Document-Isolation-Policy': 'isolate-and-require-corp' } : {},
      )
      expect(await page.call('plugin')).toEqual([50_000, 50_000])
      await page.close()
    })
  })
})
