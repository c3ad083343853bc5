// Takes the README's pictures of the gallery's page, with Chromium: `npm run web:pictures`.

import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { buildPage, site } from './build-page.js'
import { serve } from './serve-page.js'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'pictures')
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)
if (executablePath === undefined)
  throw new Error('there is no Chromium here: apt-get install chromium, or set CHROMIUM')

mkdirSync(folder, { recursive: true })
await buildPage()
const served = await serve(site)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: { width: 1120, height: 760 }, colorScheme: 'light' })
  page.setDefaultTimeout(120_000)
  await page.goto(`${served.url}?demo=256`)
  await page.locator('#entropy .outcome', { hasText: 'blocks' }).waitFor()
  // While a job is at work, the map of the workers has colours.
  await page.getByRole('button', { name: 'Watch a slow job' }).click()
  await page.locator('#numbers', { hasText: /^(4|5|6|7|8)\d(\.\d)? MiB of/ }).waitFor()
  await shot(page.locator('#workers-card'), 'workers')
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.locator('#status', { hasText: 'stopped' }).waitFor()
  await page.locator('#entropy select').selectOption('hilbert')
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page.locator('#entropy'), 'entropy')
  await page.locator('#own select').first().selectOption('2')
  await page.getByRole('button', { name: 'Check the laws' }).click()
  await page.locator('#laws h3').waitFor()
  await shot(page.locator('#own'), 'own-function')
} finally {
  await browser.close()
  await served.close()
}

/**
 * @param {import('playwright-core').Locator} locator
 * @param {string} name
 */
async function shot(locator, name) {
  // The dock would lie over the card.
  await locator.screenshot({ path: join(folder, `${name}.png`), style: '.dock { display: none }' })
}
