// Starts Chromium, where there is one.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const paths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = paths.find((path) => path !== undefined && existsSync(path))

/** Why there is no Chromium here; undefined if there is one. */
export const missingChromium: string | undefined =
  executablePath === undefined ? 'there is no Chromium here: apt-get install chromium, or set CHROMIUM' : undefined

/** Start the browser. */
export function startChromium(): Promise<Browser> {
  // `!`: tests ask `missingChromium` first.
  const path = executablePath!
  // Containers allow no sandbox inside of their own, and the pages are ours.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking']
  return chromium.launch({ executablePath: path, args })
}
