// The gallery's page in Chromium.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** The page, with all that it has said and asked for. */
export interface Opened {
  readonly page: Page
  /** Requests since the page was ready. Blobs are in the browser's memory, so they are none. */
  readonly requests: readonly string[]
  /** Errors that nobody has caught. */
  readonly errors: readonly string[]
}

/**
 * Open a page, and wait until it is ready.
 *
 * @param first - a program that runs in the page before its own
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  first = '',
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.addInitScript(first)
  const page = await context.newPage()
  // A loaded machine takes its time.
  page.setDefaultTimeout(50_000)
  const requests: string[] = []
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(url)
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) requests.push(request.url())
  })
  return { page, requests, errors }
}

/** Do something that starts a job, and wait for the job's end. Returns what the page says about it. */
export async function finish(page: Page, card: string, button: string): Promise<string> {
  const section = page.locator(`#${card}`)
  await section.getByRole('button', { name: button, exact: true }).click()
  return settled(page, card)
}

/** Wait until no job is at work. Returns what a card says. */
export async function settled(page: Page, card: string): Promise<string> {
  // A job begins in a microtask of the click, so it has begun.
  await page.waitForFunction('document.body.dataset.busy === undefined')
  return (await page.locator(`#${card} .outcome`).textContent()) ?? ''
}
