// WebKitGTK, by WebDriver. It needs a screen, which Xvfb pretends to be.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { type Browser, callText, startMs, valueIn } from './page.js'

/** Where Debian has WebKit's small browser. */
const browsers = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)

export async function openWebKit(driverPath: string): Promise<Browser> {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1200x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [display] = await once(screen.stdout, 'data')
  const port = await freePort()
  const driver = spawn(driverPath, ['--host=127.0.0.1', `--port=${port}`], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: `:${String(display).trim()}`,
      GDK_BACKEND: 'x11',
      LIBGL_ALWAYS_SOFTWARE: '1',
      NO_AT_BRIDGE: '1',
      // The port for GTK has shared memory switched off, although it works.
      JSC_useSharedArrayBuffer: '1',
      // Root must not use the sandbox, and the pages are ours.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    },
  })
  const client = new Client(`http://127.0.0.1:${port}`)
  await client.untilListening()
  return {
    open: (url) => openPage(client, url),
    close: async () => {
      await end(driver)
      await end(screen)
    },
  }
}

/** Each page is a session, which is a browser of its own. */
async function openPage(client: Client, url: string): ReturnType<Browser['open']> {
  const options = { binary: browsers.find((path) => existsSync(path)), args: ['--automation'] }
  const alwaysMatch = { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options }
  // `as`: the driver answers so.
  const session = (await client.send('POST', '/session', { capabilities: { alwaysMatch } })) as { sessionId: string }
  const at = `/session/${session.sessionId}`
  await client.send('POST', `${at}/timeouts`, { script: 2 * startMs, pageLoad: startMs })
  const run = (text: string): Promise<unknown> =>
    client.send('POST', `${at}/execute/async`, { script: `const done = arguments[0]; (${text}).then(done)`, args: [] })
  const ready = async (): Promise<void> => {
    const looks = "(async () => { while (document.title !== 'ready') await new Promise((r) => setTimeout(r, 20)) })()"
    await run(looks)
  }
  await client.send('POST', `${at}/url`, { url })
  await ready()
  return {
    call: async (name, ...args) => {
      // As text, because WebDriver has no undefined.
      const answer = await run(`(${callText(name, args)}).then((answer) => JSON.stringify(answer))`)
      return valueIn(JSON.parse(String(answer)))
    },
    chooseFile: async (path) => {
      const found = await client.send('POST', `${at}/element`, { using: 'css selector', value: 'input[type=file]' })
      // `as`: an element is an object with its name.
      const [element] = Object.values(found as Record<string, string>)
      await client.send('POST', `${at}/element/${element}/value`, { text: path })
    },
    reload: async () => {
      await client.send('POST', `${at}/refresh`, {})
      await ready()
    },
    close: async () => {
      await client.send('DELETE', at)
    },
  }
}

class Client {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // `as`: WebDriver answers so.
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null }
    if (value?.error !== undefined) throw new Error(`${path}: ${value.error}: ${value.message}`)
    return value
  }

  async untilListening(): Promise<void> {
    const until = performance.now() + startMs
    for (;;) {
      try {
        await this.send('GET', '/status')
        return
      } catch (error) {
        if (performance.now() > until) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
