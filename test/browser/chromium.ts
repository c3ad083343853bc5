// Chromium, by its own protocol.

import { startChromium } from '../support/chromium.js'
import { type Browser, callText, startMs, valueIn } from './page.js'

export async function openChromium(): Promise<Browser> {
  const browser = await startChromium()
  return {
    async open(url) {
      const page = await browser.newPage()
      page.setDefaultTimeout(startMs)
      const said: string[] = []
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
      const ready = async (): Promise<void> => {
        const wrong = new Promise<never>((_, reject) => page.on('pageerror', reject))
        await Promise.race([page.waitForFunction("document.title === 'ready'"), wrong]).catch((cause) => {
          throw new Error(`${url} did not get ready\n${said.join('\n')}`, { cause })
        })
        wrong.catch(() => {})
      }
      await page.goto(url)
      await ready()
      return {
        call: async (name, ...args) => valueIn(await page.evaluate(callText(name, args))),
        chooseFile: (path) => page.setInputFiles('input[type=file]', path),
        reload: async () => {
          await page.reload()
          await ready()
        },
        close: () => page.close(),
      }
    },
    close: () => browser.close(),
  }
}
