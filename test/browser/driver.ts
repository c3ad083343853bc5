// A browser, for tests that run in any of them. `ONECOPY_BROWSER` says which one: `chromium`, `firefox` or `webkit`. `npm test` does not
// set it, and uses Chromium.

import { existsSync } from 'node:fs'
import { missingChromium } from '../support/chromium.js'
import { openChromium } from './chromium.js'
import { openFirefox } from './firefox.js'
import type { Browser } from './page.js'
import { openWebKit } from './webkit.js'

/** The browser that was chosen. */
export const browserName: string = process.env.ONECOPY_BROWSER ?? 'chromium'

interface Program {
  readonly paths: readonly (string | undefined)[]
  /** What brings it on Debian. */
  readonly package: string
  readonly open: (path: string) => Promise<Browser>
}

/** The browsers besides Chromium. */
const others: Readonly<Record<string, Program>> = {
  firefox: {
    paths: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
    package: 'firefox-esr',
    open: openFirefox,
  },
  webkit: {
    paths: [process.env.WEBKIT_DRIVER, '/usr/bin/WebKitWebDriver'],
    package: 'webkit2gtk-driver xvfb',
    open: openWebKit,
  },
}
const other = others[browserName]
const path = other?.paths.find((each) => each !== undefined && existsSync(each))

/** Why the browser cannot be started; undefined if it can. */
export function missingBrowser(): string | undefined {
  if (browserName === 'chromium') return missingChromium
  if (other === undefined)
    return `there is no browser ${browserName}; there are chromium, ${Object.keys(others).join(', ')}`
  return path === undefined ? `there is no ${browserName} here: apt-get install ${other.package}` : undefined
}

/** Start the browser. */
export function openBrowser(): Promise<Browser> {
  // `!`: tests ask `missingBrowser` first.
  return other === undefined ? openChromium() : other.open(path!)
}
