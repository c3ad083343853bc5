// Every block of JavaScript in the documents runs, and every block of TypeScript compiles.
//
// The blocks of one document are in one folder, with an access.log and a module count.js. A block whose first line is
// `// name.js` is that file, and others may import it. Blocks that are marked `given` may use the names of docs/given.d.ts, and
// blocks that are marked `packed` are run by the tests of the packed packages, and `browser` by the tests in browsers.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { errorCodes } from '@onecopy/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CodeBlock, codeBlocks } from '../support/code-blocks.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

interface Document {
  readonly path: string
  readonly text: string
  readonly blocks: readonly CodeBlock[]
}

/** All documents for users: in the root, in docs/, and each package's own. */
async function allDocuments(): Promise<Document[]> {
  const markdown = (names: readonly string[]): string[] => names.filter((name) => name.endsWith('.md'))
  const inPackages = (await readdir(join(root, 'packages')))
    .map((name) => `packages/${name}/README.md`)
    .filter((path) => existsSync(join(root, path)))
  const paths = [
    ...markdown(await readdir(root)),
    ...markdown(await readdir(join(root, 'docs'))).map((name) => `docs/${name}`),
    ...inPackages,
  ]
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await read(path)
      return { path, text, blocks: codeBlocks(text) }
    }),
  )
}

const documents = await allDocuments()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy docs '))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const { path, blocks } of documents) {
    await cp(join(root, 'test/docs'), folderOf(path), { recursive: true })
    for (const block of blocks.filter(isCode)) await writeBlock(path, block)
  }
})
afterAll(() => rm(folder, { recursive: true }))

const languageOf = ({ info }: CodeBlock): string => info.split(' ')[0]!
const isMarked = ({ info }: CodeBlock, mark: string): boolean => info.split(' ').includes(mark)
const isCode = (block: CodeBlock): boolean => ['js', 'ts'].includes(languageOf(block))
const folderOf = (path: string): string => join(folder, path.replace(/\.md$/, '').replaceAll('/', '_'))

/** Where a block is written: its own name, or one by its line. */
function fileOf(path: string, block: CodeBlock): string {
  const [, name] = /^\/\/ ([\w.-]+\.c?[jt]s)\n/.exec(block.code) ?? []
  return join(folderOf(path), name ?? `line-${block.line}.${languageOf(block)}`)
}

const withoutSpaces = (text: string): string => text.replace(/\s+/g, '')

async function writeBlock(path: string, block: CodeBlock): Promise<void> {
  const file = fileOf(path, block)
  await mkdir(dirname(file), { recursive: true })
  // A module, also where it imports nothing.
  await writeFile(file, file.endsWith('.cjs') ? block.code : `${block.code}export {}\n`)
}

const programs = documents.flatMap(({ path, blocks }) =>
  blocks
    .filter((block) => languageOf(block) === 'js' && !['packed', 'browser'].some((mark) => isMarked(block, mark)))
    .map((block) => ({ path, block, title: `${path}:${block.line}` })),
)

test.each(programs)('$title runs, and prints what it says', async ({ path, block }) => {
  const { stdout, stderr } = await run(process.execPath, [fileOf(path, block)], {
    cwd: folderOf(path),
    timeout: 30_000,
  })
  const printed = (stdout + stderr).split('\n').map(withoutSpaces)
  for (const [, comment = ''] of block.code.matchAll(/console\.\w+\(.*\) \/\/ ([\d[{].*|\w+Array\(.*)$/gm)) {
    // What stands behind a colon explains.
    const [promised = ''] = comment.split(': ')
    expect(printed).toContain(withoutSpaces(promised))
  }
})

test('every block of TypeScript compiles', async () => {
  const typed = documents.flatMap(({ path, blocks }) =>
    blocks.filter((block) => languageOf(block) === 'ts').map((block) => ({ block, file: fileOf(path, block) })),
  )
  expect(typed.length).toBeGreaterThan(0)
  for (const isGiven of [true, false]) {
    const files = typed.filter(({ block }) => isMarked(block, 'given') === isGiven).map(({ file }) => file)
    if (isGiven) files.push(join(root, 'test/docs/given.d.ts'))
    await compile(files)
  }
})

async function compile(files: readonly string[]): Promise<void> {
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const project = join(folder, 'tsconfig.json')
  await writeFile(project, JSON.stringify({ compilerOptions, files }))
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { cwd: folder })
  } catch (error) {
    // `as`: what execFile rejects with.
    expect.fail((error as { stdout?: string }).stdout ?? String(error))
  }
}

test('blocks that are left to the packed packages are run there', async () => {
  const bundles = await read('test/packed/bundles.test.ts')
  for (const { path, blocks } of documents) {
    for (const block of blocks.filter((each) => isMarked(each, 'packed'))) {
      expect(bundles).toContain(`'${basename(fileOf(path, block))}'`)
    }
  }
})

test('links between documents lead somewhere', async () => {
  for (const { path, text } of documents) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[\w-]*)?\)/g)) {
      if (/^\w+:/.test(target)) continue
      const place = join(root, dirname(path), target)
      await expect(
        readdir(place).catch(() => readFile(place)),
        `${path}: ${target}`,
      ).resolves.toBeDefined()
    }
  }
})

describe('docs/errors.md', () => {
  test('has one entry for each code, in the order of the code', async () => {
    const text = await read('docs/errors.md')
    const titles = [...text.matchAll(/^## `?(ERR_\w+)`?$/gm)].map(([, code]) => code)
    expect(titles).toEqual([...errorCodes])
  })

  test('says for each what it means, where it comes from and what helps', async () => {
    const [, ...entries] = (await read('docs/errors.md')).split(/^## /m)
    for (const entry of entries.filter((each) => each.startsWith('ERR_'))) {
      const labels = [...entry.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, label]) => label)
      expect(labels, entry.split('\n')[0]).toEqual(['Meaning', 'Cause', 'Cure'])
    }
  })
})
