// A browser, for tests that run in any of them. `ONECOPY_BROWSER` says which one: `chromium`, `firefox` or `webkit`. `npm test` does not
// set it, and uses Chromium.

import { existsSync } from 'node:fs'
import { openChromium } from './chromium.js'
import { openFirefox } from './firefox.js'
import type { Browser } from './page.js'
import { openWebKit } from './webkit.js'

/** The browser that was chosen. */
export const browserName: string = process.env.ONECOPY_BROWSER ?? 'chromium'

/** Where the programs of each browser are, and the package that brings them on Debian. */
const programs: Readonly<
  Record<string, { readonly paths: readonly (string | undefined)[]; readonly package: string }>
> = {
  chromium: {
    paths: [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    package: 'chromium',
  },
  firefox: { paths: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'], package: 'firefox-esr' },
  webkit: { paths: [process.env.WEBKIT_DRIVER, '/usr/bin/WebKitWebDriver'], package: 'webkit2gtk-driver xvfb' },
}

function programPath(): string | undefined {
  return programs[browserName]?.paths.find((path) => path !== undefined && existsSync(path))
}

/** Why the browser cannot be started; undefined if it can. */
export function missingBrowser(): string | undefined {
  const program = programs[browserName]
  if (program === undefined) return `there is no browser ${browserName}; there are ${Object.keys(programs).join(', ')}`
  return programPath() === undefined ? `there is no ${browserName} here: apt-get install ${program.package}` : undefined
}

/** Start the browser. */
export function openBrowser(): Promise<Browser> {
  // `!`: tests ask `missingBrowser` first.
  const path = programPath()!
  if (browserName === 'firefox') return openFirefox(path)
  return browserName === 'webkit' ? openWebKit(path) : openChromium(path)
}
