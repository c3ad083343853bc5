// The gallery's page in a browser: every card, what it shows and what it must never do.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sequential, share } from '@onecopy/core'
import { hash, wordCount } from '@onecopy/examples'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from '../../scripts/build-page.js'
import { serve } from '../../scripts/serve-page.js'
import { missingChromium, startChromium } from '../support/chromium.js'
import { tempDir } from '../support/temp-dir.js'
import { finish, type Opened, openPage, settled } from './chromium.js'

if (missingChromium !== undefined) test.skip(`not run: ${missingChromium}`, () => {})

const text = 'onecopy has one copy of the data.\nEvery core is on it, onecopy says.\n'
/** Text, zeros and all values of a byte: 300 KiB. */
const bytes = Buffer.concat([
  Buffer.from(text.repeat(2000)),
  Buffer.alloc(100_000),
  Buffer.from(Uint8Array.from({ length: 51_200 }, (_, i) => (i * 197) % 256)),
])
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(missingChromium !== undefined)('the page', () => {
  const folder = join(tempDir(), 'a site')
  const file = join(tempDir(), 'some data.bin')
  let browser: Browser
  let site: Awaited<ReturnType<typeof serve>>
  let opened: Opened

  beforeAll(async () => {
    writeFileSync(file, bytes)
    await buildPage(folder)
    site = await serve(folder)
    browser = await startChromium()
    opened = await openPage(browser, site.url, { permissions: ['clipboard-read', 'clipboard-write'] })
    await opened.page.setInputFiles('#pick', file)
    await opened.page.locator('#entropy .outcome', { hasText: 'blocks' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  test('says what it works on, and where that is', async () => {
    expect(await opened.page.textContent('#what')).toBe(
      `some data.bin: 282 KiB, left in its file: each worker reads the chunks that it works on`,
    )
  })

  test('byte histogram: the value under the pointer, and by arrow keys', async () => {
    const { page } = opened
    expect(await page.textContent('#histogram .outcome')).toMatch(/^\d+,\d+ bytes in .*GB\/s$/)
    const chart = page.getByRole('slider', { name: 'Byte histogram' })
    await chart.press('Home')
    const zeros = bytes.filter((byte) => byte === 0).length
    expect(await chart.getAttribute('aria-valuetext')).toContain(`0x00 zero: ${zeros.toLocaleString('en')} times`)
    await chart.press('ArrowRight')
    expect(await chart.getAttribute('aria-valuenow')).toBe('1')
    await page.locator('#histogram .u-over').hover()
    expect(await page.textContent('#histogram .hint')).toMatch(/^0x[78].*: [\d,]+ times/)
  })

  test('entropy map: offset and bits of a block, its bytes, row by row and along the curve', async () => {
    const { page } = opened
    const map = page.getByRole('slider', { name: 'Entropy map' })
    for (const layout of ['rows', 'hilbert']) {
      await page.locator('#entropy select').selectOption(layout)
      await map.press('Home')
      expect(await map.getAttribute('aria-valuetext')).toMatch(/^offset 0 \(0x0\), 256 bytes: 3\.\d\d bits per byte$/)
      await map.press('Enter')
      await page.locator('#entropy pre', { hasText: '00000000  6f 6e 65 63 6f 70 79 20' }).waitFor()
    }
    // A block within the zeros.
    await page.locator('#entropy select').selectOption('rows')
    await map.press('End')
    for (let i = 0; i < 3; i++) await map.press('ArrowUp')
    await map.press('ArrowLeft')
    expect(await map.getAttribute('aria-valuetext')).toContain(' 0.00 bits')
    await map.click({ position: { x: 3, y: 3 } })
    await page.locator('#entropy pre', { hasText: '00000000  6f 6e 65' }).waitFor()
  })

  test('search: all hits are counted, and the first are shown with what stands around them', async () => {
    const { page } = opened
    await page.locator('#search input').fill('onecopy')
    expect(await finish(page, 'search', 'Find')).toMatch(/^4,000 hits in /)
    const hits = page.locator('#search li')
    await hits.nth(19).waitFor()
    expect(await hits.count()).toBe(20)
    expect(await hits.nth(1).textContent()).toContain('Every core is on it, onecopy says.·')
    expect(await hits.nth(1).locator('mark').textContent()).toBe('onecopy')
    await page.locator('#search input').fill('')
    expect(await finish(page, 'search', 'Find')).toContain('at least one character')
  })

  test('words, as in Node', async () => {
    const words = await sequential().run(share(bytes), wordCount)
    const outcome = await finish(opened.page, 'words', 'Count words')
    expect(outcome).toContain(`, ${words.size.toLocaleString('en')} different, in `)
    const [word, count] = words.entries().next().value!
    expect(await opened.page.locator('#words tbody tr').first().textContent()).toBe(word + count.toLocaleString('en'))
  })

  test('hashes, as in Node; and they are compared', async () => {
    const { page } = opened
    const { treeHash, crc32 } = await sequential().run(share(bytes), hash)
    await finish(page, 'hashes', 'Compute')
    const crc = crc32.toString(16).padStart(8, '0')
    expect(await page.textContent('#hashes pre.hash')).toBe(`tree    ${treeHash}\ncrc-32  ${crc}`)
    await page.locator('#hashes input').fill(` ${crc.toUpperCase()} `)
    expect(await page.textContent('#hashes .hint')).toBe('They are equal.')
    await page.locator('#hashes input').fill('1234')
    expect(await page.textContent('#hashes .hint')).toBe('They differ.')
  })

  test('log statistics, of made-up lines and of data that is no log', async () => {
    const { page } = opened
    expect(await finish(page, 'log', 'Compute')).toMatch(/^100,000 lines in /)
    expect(await page.locator('#log').getByRole('row', { name: /^2xx/ }).textContent()).toMatch(
      /^2xx44,\d+ \(44\.\d %\)$/,
    )
    await page.locator('#log select').selectOption('data')
    expect(await finish(page, 'log', 'Compute')).toMatch(/^4,\d+ lines in /)
  })

  test('groups by key', async () => {
    expect(await finish(opened.page, 'group', 'Group')).toMatch(/^200,000 rows, 59 keys in /)
    expect(await opened.page.locator('#group tbody tr').count()).toBe(59)
  })

  test('k-means is drawn step by step until it is stable', async () => {
    const { page } = opened
    await page.evaluate(`{
      const outcome = document.querySelector('#k-means .outcome')
      globalThis.seen = []
      new MutationObserver(() => seen.push(outcome.textContent)).observe(outcome, { childList: true })
    }`)
    await page.locator('#k-means').getByRole('button', { name: 'Start' }).click()
    expect(await settled(page, 'k-means')).toMatch(/^Stable after \d+ steps over 100,000 points/)
    expect((await page.evaluate<string[]>('seen')).slice(0, 3)).toEqual(['step 1', 'step 2', 'step 3'])
  })

  test('shows which worker is in which chunk, live', async () => {
    const { page } = opened
    // It stays in its chunk until the user stops it.
    await write(page, '(bytes, chunk) => { while (!chunk.cancelled); }', '')
    await page.locator('#own').getByRole('button', { name: 'Run on the data' }).click()
    await page.locator('#workers-card li', { hasText: /^worker 1: in chunk \d+, at \d/ }).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('#workers-card .outcome', { hasText: 'your function: ended early' }).waitFor()
    await finish(page, 'search', 'Find')
    await finish(page, 'words', 'Count words')
    expect(await page.textContent('#workers-card .outcome')).toMatch(/^words: \d+ chunks, none sent/)
    expect(await page.textContent('#workers-card dl')).toContain('with a copy per worker, it would be')
  })

  test('your own function: its answer, and its mistakes in words', async () => {
    const { page } = opened
    await write(page, '(bytes) => bytes.length', 'sum()')
    expect(await finish(page, 'own', 'Run on the data')).toMatch(/GB\/s$/)
    expect(await page.textContent('#own pre[aria-label="The answer"]')).toBe(String(bytes.length))
    await write(page, '(bytes) => { throw new Error("no such thing") }', '')
    expect(await finish(page, 'own', 'Run on the data')).toMatch(/^ERR_CHUNK_FAILED: .*no such thing/)
    await write(page, '(bytes) => outside', '')
    expect(await finish(page, 'own', 'Run on the data')).toMatch(/outside/)
    await write(page, '(bytes) => {', '')
    expect(await finish(page, 'own', 'Run on the data')).toMatch(/^SyntaxError: the chunk function: /)
  })

  test('an endless loop ends with the Stop button, and the next job runs', async () => {
    const { page } = opened
    await write(page, '(bytes) => { for (;;); }', '')
    await page.locator('#own').getByRole('button', { name: 'Run on the data' }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('#status', { hasText: 'your function: stopped' }).waitFor()
    expect(await finish(page, 'search', 'Find')).toContain('at least one character')
    await page.locator('#search input').fill('core')
    expect(await finish(page, 'search', 'Find')).toMatch(/^2,000 hits/)
  })

  test('the law checker says which law is broken, and shows the smallest case', async () => {
    const { page } = opened
    const check = async (example: string): Promise<string> => {
      await page.locator('#own select').first().selectOption({ label: example })
      await page.locator('#own').getByRole('button', { name: 'Check the laws' }).click()
      await page.locator('#laws h3').waitFor()
      return (await page.textContent('#laws')) ?? ''
    }
    expect(await check('count the zeros')).toMatch(/^No law is broken \(\d+ cases\)/)
    const broken = await check('the longest run of equal bytes (broken: it forgets the borders)')
    expect(broken).toMatch(/^1 of \d+ laws is broken/)
    expect(broken).toMatch(/✗ broken borders: .*the answer of one chunk is 2, that of several is 1/)
  })

  test('the speed table: every row, every answer the same, as Markdown', async () => {
    const { page } = opened
    await page.evaluate(`navigator.clipboard.writeText('')`)
    await page.locator('#speed select').selectOption('3')
    expect(await finish(page, 'speed', 'Measure')).toMatch(
      /^282 KiB, read from the file; median of 3 rounds; every answer the same/,
    )
    await page.locator('#speed').getByRole('button', { name: 'Copy as Markdown' }).click()
    const read = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()')
    await expect.poll(read, { timeout: 30_000 }).not.toBe('')
    const markdown = await read()
    expect(markdown).toMatch(/^\| byte histogram \| GB\/s \|/)
    expect(markdown).toContain('| a loop in the page, over pieces of the file |')
    expect(markdown.match(/^\| (plain JavaScript|WebAssembly SIMD), \d+ workers? \|/gm)!.length).toBeGreaterThanOrEqual(
      2,
    )
  })

  test('no accessibility rule is broken, in light and in dark', async () => {
    const { page } = opened
    await page.evaluate(axe)
    for (const [scheme, rules] of [
      ['light', '{}'],
      // What else is right does not change with the colours.
      ['dark', "{ runOnly: ['color-contrast'] }"],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(`axe.run(${rules})`)
      expect(violations.map(({ id, nodes }) => `${scheme} ${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual(
        [],
      )
    }
  })

  test('on a phone, nothing is wider than the screen', async () => {
    const { page } = opened
    await page.setViewportSize({ width: 390, height: 844 })
    // Charts are drawn anew after a moment.
    await expect
      .poll(() => page.evaluate<number>('document.documentElement.scrollWidth'), { timeout: 20_000 })
      .toBe(390)
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  test('nothing has left the page: no request since it was loaded, and no error', async () => {
    const { page, requests, errors } = opened
    expect(requests).toEqual([])
    expect(errors).toEqual([])
    expect(await page.textContent('#requests')).toBe('0 requests')
  })

  test('the browser refuses to send anything, from the page and from its workers', async () => {
    let received = 0
    const listener = createServer((_, response) => {
      received++
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      response.end()
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { page } = opened
    await page.getByRole('button', { name: 'Try to send something' }).click()
    await page.locator('#try-answer', { hasText: 'refused to send it' }).waitFor()
    // `as`: it listens on a port.
    const { port } = listener.address() as AddressInfo
    await write(page, `async () => { await fetch('http://127.0.0.1:${port}/', { mode: 'no-cors' }); return 1 }`, '')
    expect(await finish(page, 'own', 'Run on the data')).toMatch(/^ERR_CHUNK_FAILED: .*fetch/i)
    expect(received).toBe(0)
    await new Promise((resolve) => listener.close(resolve))
  })

  test('starts in a browser whose language is none, and draws', async () => {
    const language = "Object.defineProperty(Navigator.prototype, 'language', { get: () => 'C', configurable: true })"
    const { page, errors } = await openPage(browser, site.url, {}, language)
    await page.setInputFiles('#pick', file)
    await page.locator('#histogram canvas').waitFor()
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('a file can be dropped anywhere, and read into shared memory', async () => {
    const { page } = await openPage(browser, site.url)
    await page.locator('#into-memory').check()
    const dropped = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([new Uint8Array(5000).fill(65)], 'dropped.bin'))
        return transfer
      })()`,
    )
    await page.dispatchEvent('h1', 'drop', { dataTransfer: dropped })
    await page
      .locator('#what', { hasText: 'dropped.bin: 4.88 KiB, held once, in memory that all workers share' })
      .waitFor()
    await page.locator('#histogram .outcome', { hasText: '5,000 bytes in' }).waitFor()
    await page.context().close()
  })

  test('made-up data is made in shared memory, and can be taken instead of a file', async () => {
    const { page } = await openPage(browser, site.url)
    await page.getByRole('button', { name: '64 MiB' }).click()
    await page
      .locator('#what', { hasText: '64 MiB of made-up data: 64 MiB, held once, in memory that all workers share' })
      .waitFor()
    await page.locator('#entropy .outcome', { hasText: '65,536 blocks of 1 KiB' }).waitFor()
    await page.context().close()
  })

  test('new data: no card goes on to show what the data before it gave', async () => {
    const { page } = await openPage(browser, site.url)
    await page.setInputFiles('#pick', file)
    await page.locator('#entropy pre', { hasText: '00000000  6f' }).waitFor()
    for (const card of ['log', 'group']) await page.locator(`#${card} select`).selectOption('data')
    await page.locator('#speed select').selectOption('3')
    const buttons = {
      search: 'Find',
      words: 'Count words',
      hashes: 'Compute',
      log: 'Compute',
      group: 'Group',
      own: 'Run on the data',
      speed: 'Measure',
    }
    for (const [card, button] of Object.entries(buttons)) expect(await finish(page, card, button)).not.toBe('')
    // As in the gallery, one is one.
    expect(await page.textContent('#group .outcome')).toMatch(/^0 rows, 0 keys in /)
    await page.setInputFiles('#pick', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Oslo;1.5\n') })
    await page.locator('#entropy .outcome', { hasText: '1 block of 256 bytes' }).waitFor()
    for (const card of Object.keys(buttons)) expect(await page.textContent(`#${card} .outcome`), card).toBe('')
    for (const rows of ['#log tr', '#group tr', '#speed tr', '#words tr', '#search li'])
      expect(await page.locator(rows).count(), rows).toBe(0)
    expect(await page.locator('#own').getByLabel('The answer', { exact: true }).isVisible()).toBe(false)
    expect(await finish(page, 'group', 'Group')).toMatch(/^1 row, 1 key in /)
    await page.setInputFiles('#pick', { name: 'empty', mimeType: 'text/plain', buffer: Buffer.alloc(0) })
    await page.locator('#entropy .outcome', { hasText: '0 blocks' }).waitFor()
    expect(await page.locator('#entropy .hint').textContent()).toBe('')
    expect(await page.locator('#entropy pre[tabindex]').first().isVisible()).toBe(false)
    expect(await page.locator('#workers-card li').count()).toBe(0)
    // The picture is empty.
    const drawn = await page.evaluate(
      `(() => { const c = document.querySelector('#entropy canvas'); return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].some((v) => v > 0) })()`,
    )
    expect(drawn).toBe(false)
    await page.context().close()
  })

  test('the law checker says that the data cannot be read, and can be asked again', async () => {
    const gone = join(tempDir(), 'gone.bin')
    writeFileSync(gone, 'some bytes')
    const { page } = await openPage(browser, site.url)
    await page.setInputFiles('#pick', gone)
    await page.locator('#entropy .outcome', { hasText: 'block' }).waitFor()
    rmSync(gone)
    const check = page.getByRole('button', { name: 'Check the laws' })
    await check.click()
    await page.locator('#laws .bad').waitFor()
    expect(await page.textContent('#laws')).not.toContain('looks for a case')
    expect(await check.isEnabled()).toBe(true)
    await page.context().close()
  })

  test('without the headers, it says what is missing and how to get it', async () => {
    const bare = await serve(folder, { headers: {} })
    const context = await browser.newContext({ serviceWorkers: 'block' })
    const page = await context.newPage()
    await page.goto(bare.url)
    const missing = page.getByRole('region', { name: 'Something is missing' })
    await missing.waitFor()
    expect(await missing.textContent()).toContain('Cross-Origin-Opener-Policy: same-origin')
    await page.evaluate(axe)
    const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()')
    expect(violations.map(({ id }) => id)).toEqual([])
    await context.close()
    await bare.close()
  })

  test('on a static host, which sends no headers, its service worker adds them', async () => {
    const bare = await serve(folder, { headers: {} })
    const { page } = await openPage(browser, bare.url)
    await page.setInputFiles('#pick', file)
    await page.locator('#histogram .outcome', { hasText: 'bytes in' }).waitFor()
    await page.context().close()
    await bare.close()
  })

  test('in a browser that cannot read its program, it says which browsers can', async () => {
    const page = await browser.newPage()
    await page.route('**/main.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'class { static? {} }' }),
    )
    await page.goto(site.url)
    await page.getByText(/Chrome 98, Firefox 114 or Safari 16\.4, .* The browser says: .*SyntaxError/).waitFor()
    await page.close()
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Write a function and a reducer into the editors. */
async function write(page: Opened['page'], map: string, reduce: string): Promise<void> {
  for (const [label, code] of [
    ['Chunk function', map],
    ['Reducer (or nothing)', reduce],
  ] as const)
    await page.getByRole('textbox', { name: label }).fill(code)
}
