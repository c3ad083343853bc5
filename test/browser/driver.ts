// A browser, for tests that run in any of them. `ONECOPY_BROWSER` says which one; Chromium if it does not.

import { existsSync } from 'node:fs'
import { openChromium } from './chromium.js'

/** A page in a browser. */
export interface Page {
  /** Call a function of the page's `cases` with plain data, and return its answer as plain data. */
  call(name: string, ...args: readonly unknown[]): Promise<unknown>
  /** Choose a file in the page's `<input type="file">`. */
  chooseFile(path: string): Promise<void>
  reload(): Promise<void>
  close(): Promise<void>
  /** What the page has said on its console, and errors that nobody has caught. */
  readonly said: readonly string[]
}

export interface Browser {
  /** Open a page, and wait until its title is `ready`. */
  open(url: string): Promise<Page>
  close(): Promise<void>
}

/** Why there is no browser here; undefined if there is one. */
export function missingBrowser(): string | undefined {
  return chromiumPath() === undefined
    ? 'there is no Chromium here: apt-get install chromium, or set CHROMIUM'
    : undefined
}

function chromiumPath(): string | undefined {
  const paths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  return paths.find((path) => path !== undefined && existsSync(path))
}

/** Start the browser. */
export function openBrowser(): Promise<Browser> {
  // `!`: tests ask `missingBrowser` first.
  return openChromium(chromiumPath()!)
}

/** How long a page may take to start, in ms. */
export const startMs = 60_000

/** In a page: call one of its functions. It goes through a timer, because code that a driver runs may compile text whatever the page's policy says. */
export const callInPage = `(name, args) =>
  new Promise((resolve) => {
    setTimeout(async () => {
      try {
        resolve({ value: await globalThis.cases[name](...args) })
      } catch (error) {
        resolve({ error: String(error?.stack ?? error) })
      }
    }, 0)
  })`

/** The value of what {@link callInPage} has answered. */
export function valueIn(answer: unknown): unknown {
  // `as`: see above.
  const { value, error } = answer as { readonly value?: unknown; readonly error?: string }
  if (error !== undefined) throw new Error(error)
  return value
}
