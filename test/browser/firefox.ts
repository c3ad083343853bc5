// Firefox, by WebDriver BiDi. `npm run test:browsers` installs puppeteer-core for it, and says where in `ONECOPY_PUPPETEER`.

import { type Browser, callText, startMs, valueIn } from './page.js'

/** What is used of puppeteer-core. */
interface Puppeteer {
  readonly default: {
    launch(options: object): Promise<{
      newPage(): Promise<PuppeteerPage>
      close(): Promise<void>
    }>
  }
}

interface PuppeteerPage {
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  waitForFunction(text: string, options: object): Promise<unknown>
  evaluate(text: string): Promise<unknown>
  $(selector: string): Promise<{ uploadFile(path: string): Promise<void> } | null>
  close(): Promise<void>
}

export async function openFirefox(executablePath: string): Promise<Browser> {
  // `as`: it is no dependency of the workspace.
  const { default: puppeteer } = (await import(process.env.ONECOPY_PUPPETEER ?? 'puppeteer-core')) as Puppeteer
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    protocol: 'webDriverBiDi',
    protocolTimeout: 2 * startMs,
  })
  return {
    async open(url) {
      const page = await browser.newPage()
      const ready = (): Promise<unknown> => page.waitForFunction("document.title === 'ready'", { timeout: startMs })
      await page.goto(url)
      await ready()
      return {
        call: async (name, ...args) => valueIn(await page.evaluate(callText(name, args))),
        chooseFile: async (path) => {
          const input = await page.$('input[type=file]')
          await input?.uploadFile(path)
        },
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
