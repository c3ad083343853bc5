// Runs the tests in browsers with Chromium, Firefox and WebKit, and builds a page with each bundler, from what docs/browser.md says.
//
//     npm run test:browsers                   # everything, some minutes; installs the bundlers into a temporary folder
//     npm run test:browsers -- webkit vite    # some of it

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { packInto } from './pack.js'
import { npmCommand } from './package-manager.js'

/**
 * @typedef {object} Bundler
 * @property {readonly string[]} installs - packages besides onecopy's
 * @property {Readonly<Record<string, string>>} files - text by path
 * @property {readonly string[] | undefined} build - a tool's script in `node_modules`, and its arguments
 * @property {string | undefined} serves - the folder with the built page; undefined: the tool serves it
 * @property {((port: number) => readonly string[])} [start] - the arguments of Node that serve the page
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const document = readFileSync(join(root, 'docs/browser.md'), 'utf8')
const env = { ...process.env, CI: '1', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/**
 * The block of the document that starts with this comment.
 *
 * @param {string} name
 */
function block(name) {
  for (const [, code = ''] of document.matchAll(/^```\w+[^\n]*\n(.*?)^```/gms))
    if (code.startsWith(`// ${name}\n`) || code.startsWith(`<!-- ${name} -->\n`)) return code
  throw new Error(`docs/browser.md has no block ${name}`)
}

const page = {
  'index.html': block('index.html'),
  'main.js': block('main.js'),
  'lanes.js': block('lanes.js'),
  'zeros.js': block('zeros.js'),
}
/** A page beside what a bundler has written. */
const built = { ...page, 'built/index.html': page['index.html'] }
const entry =
  "mode: 'production', entry: './main.js', output: { path: import.meta.dirname + '/built', filename: 'main.js' }"
const client = page['main.js'].replace(/^document/m, "if (typeof document !== 'undefined') document")

/** @type {Readonly<Record<string, Bundler>>} */
const bundlers = {
  'vite dev': {
    installs: ['vite'],
    files: { ...page, 'vite.config.js': block('vite.config.js') },
    build: undefined,
    serves: undefined,
    start: (port) => ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', `${port}`, '--strictPort'],
  },
  'vite build': {
    installs: ['vite'],
    files: { ...page, 'vite.config.js': block('vite.config.js') },
    build: ['vite/bin/vite.js', 'build'],
    serves: 'dist',
  },
  webpack: {
    installs: ['webpack', 'webpack-cli'],
    files: { ...built, 'webpack.config.js': `export default { ${entry} }\n` },
    build: ['webpack/bin/webpack.js'],
    serves: 'built',
  },
  rspack: {
    installs: ['@rspack/core', '@rspack/cli'],
    files: { ...built, 'rspack.config.js': `export default { ${entry} }\n` },
    build: ['@rspack/cli/bin/rspack.js', 'build'],
    serves: 'built',
  },
  esbuild: {
    installs: ['esbuild'],
    files: {
      ...built,
      'build.js': `import { build } from 'esbuild'
await build({ entryPoints: ['main.js', 'lanes.js'], bundle: true, splitting: true, format: 'esm', outdir: 'built' })\n`,
    },
    build: ['../build.js'],
    serves: 'built',
  },
  next: {
    installs: ['next@16', 'react@19', 'react-dom@19'],
    files: {
      'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>',
      'app/page.js': `'use client'
import { useEffect } from 'react'
export default function Page() {
  useEffect(() => void import('../main.js'), [])
  return <><input type="file" id="file" /><output id="answer" /></>
}\n`,
      'next.config.js': `export default { output: 'export' }\n`,
      'main.js': client,
      'lanes.js': page['lanes.js'],
      'zeros.js': page['zeros.js'],
    },
    build: ['next/dist/bin/next', 'build'],
    serves: 'out',
  },
}
const browsers = ['chromium', 'firefox', 'webkit']

/** @type {Record<string, string>} */
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** @param {string} folder */
async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    if (!existsSync(file)) return response.writeHead(404, isolated).end()
    return response
      .writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', ...isolated })
      .end(readFileSync(file))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}

/**
 * @param {string} folder
 * @param {Bundler} bundler
 * @param {readonly string[]} tarballs
 */
async function tryBundler(folder, { installs, files, build, serves, start }, tarballs) {
  const whole = { ...files, 'package.json': '{ "private": true, "type": "module" }' }
  for (const [path, text] of Object.entries(whole)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  install(folder, [...tarballs, ...installs])
  if (build !== undefined) {
    const [tool = '', ...args] = build
    run(folder, process.execPath, [join('node_modules', tool), ...args], env)
  }
  if (serves !== undefined) {
    const site = await serveFolder(join(folder, serves))
    await lookAt(site.url).finally(site.close)
    return
  }
  const probe = await serveFolder(folder)
  const port = Number(new URL(probe.url).port)
  probe.close()
  const child = spawn(process.execPath, [...(start?.(port) ?? [])], { cwd: folder, env, stdio: 'inherit' })
  const ended = once(child, 'exit')
  try {
    await lookAt(`http://127.0.0.1:${port}/`)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** Choose a file on the page, and wait for the right answer. @param {string} url */
async function lookAt(url) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage()
    /** @type {string[]} */
    const said = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    for (const until = performance.now() + 60_000; ; ) {
      const response = await page.goto(url, { waitUntil: 'networkidle' }).catch(() => null)
      if (response?.ok()) break
      if (performance.now() > until) throw new Error(`${url} does not answer`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const bytes = Buffer.from([0, 1, 0, 2, 0])
    await page.setInputFiles('#file', { name: 'zeros.bin', mimeType: 'application/octet-stream', buffer: bytes })
    await page
      .waitForFunction("document.querySelector('#answer').value === '3'", undefined, { timeout: 30_000 })
      .catch((cause) => {
        throw new Error(`no right answer on ${url}\n${said.join('\n')}`, { cause })
      })
  } finally {
    await browser.close()
  }
}

/**
 * @param {string} folder
 * @param {readonly string[]} packages
 */
function install(folder, packages) {
  const [npm, ...prefix] = npmCommand()
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  run(folder, npm, [...prefix, 'install', ...options, ...packages], env)
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} variables
 */
function run(cwd, command, args, variables) {
  const { status, error } = spawnSync(command, args, { cwd, env: variables, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined || status !== 0) throw new Error(`${[command, ...args].join(' ')} failed`, { cause: error })
}

/**
 * @param {string} name
 * @param {string} folder
 */
function tryBrowser(name, folder) {
  /** @type {NodeJS.ProcessEnv} */
  const variables = { ...process.env, ONECOPY_BROWSER: name }
  if (name === 'firefox') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    install(folder, ['puppeteer-core'])
    const path = join(folder, 'node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js')
    variables.ONECOPY_PUPPETEER = pathToFileURL(path).href
  }
  run(root, process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/browser'], variables)
}

const all = [...browsers, ...Object.keys(bundlers)]
const args = process.argv.slice(2)
const wanted = args.length === 0 ? all : all.filter((name) => args.some((each) => name.startsWith(each)))
if (wanted.length === 0) throw new Error(`there is no ${args.join(', ')}; there are ${all.join(', ')}`)
const folder = mkdtempSync(join(tmpdir(), 'onecopy-browsers-'))
/** @type {string[]} */
const broken = []
try {
  const tarballs = packInto(join(folder, 'tarballs'))
    .filter(({ name }) => ['@onecopy/core', '@onecopy/web', '@onecopy/kernels'].includes(name))
    .map(({ tarball }) => tarball)
  for (const name of wanted) {
    const began = performance.now()
    try {
      const bundler = bundlers[name]
      const own = join(folder, name.replace(' ', '-'))
      if (bundler === undefined) tryBrowser(name, own)
      else await tryBundler(own, bundler, tarballs)
    } catch (error) {
      broken.push(name)
      console.error(error)
    }
    console.log(
      `${name}: ${broken.includes(name) ? 'BROKEN' : 'right'}, ${Math.round((performance.now() - began) / 1000)} s`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(broken.length === 0 ? `All right: ${wanted.join(', ')}.` : `Broken: ${broken.join(', ')}.`)
process.exitCode = broken.length === 0 ? 0 : 1
