// The files of a new plugin.

/** What the files of a new plugin are made from. */
export interface Template {
  /** The package's name. */
  readonly name: string
  /** The name of the folder, which is also the plugin's. */
  readonly folder: string
  /** The version of the packages that it depends on. */
  readonly version: string
  readonly isTypeScript: boolean
}

/** Whether this is before the first release. npm then does not find the packages. */
export function isUnpublished(version: string): boolean {
  return version === '0.0.0'
}

/** How the packages are installed before they are published. */
export const installPacked =
  'npm install fast-check CLONE/packed/*.tgz   # CLONE: a clone of onecopy, after npm run pack'

/** The files by name: everything that `npm install && npm test` needs. */
export function filesOf(template: Template): Record<string, string> {
  const { folder, isTypeScript } = template
  const extension = isTypeScript ? 'ts' : 'js'
  const kind = folder === 'zeros' ? bytesKind : wordKind
  const binding = bindingOf(folder)
  return {
    'package.json': `${JSON.stringify(manifestOf(template, kind), null, 2)}\n`,
    ...(isTypeScript ? { 'tsconfig.json': `${JSON.stringify(tsconfig, null, 2)}\n` } : {}),
    [`${folder}.${extension}`]: pluginOf(folder, binding, kind),
    [`${folder}.test.${extension}`]: testOf(folder, binding, kind, extension),
    'README.md': readmeOf(template, kind),
  }
}

/** What the plugin does. */
interface Kind {
  /** A sentence without its subject. */
  readonly does: string
  readonly imports: string
  readonly params: string
  readonly paramsExample: string
  readonly body: string
  readonly sample: string
}

/** If nothing but a name is known: count lines with a word, which is easy to change. */
const wordKind: Kind = {
  does: 'Counts the lines that contain a word',
  imports: 'decodeText, definePlugin, lines, sum',
  params: "{ word: 'the' }",
  paramsExample: 'word=npm',
  body: `  // A chunk holds whole lines. \`map\` is called for each chunk, on any core. \`bytes\` is a view that is valid until the function returns.
  chunks: lines(),
  map: (bytes, { params }) => decodeText(bytes).split('\\n').filter((line) => line.includes(params.word)).length,`,
  sample: "'the one\\nthe other\\n'",
}

/** For the name that the documents use: `zeros` counts bytes of 0. */
const bytesKind: Kind = {
  does: 'Counts the bytes of one value, by default 0',
  imports: 'definePlugin, sum',
  params: '{ byte: 0 }',
  paramsExample: 'byte=10',
  body: `  // Called for each chunk, on any core. \`bytes\` is a view that is valid until the function returns.
  map: (bytes, { params }) => {
    let n = 0
    for (const byte of bytes) if (byte === params.byte) n++
    return n
  },`,
  sample: 'Uint8Array.of(0, 1, 0, 2)',
}

/** For editors and the compiler. Node runs the files as they are. */
const tsconfig = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    // TypeScript 6 and later load no types by themselves.
    types: ['node'],
    strict: true,
    noEmit: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
}

function manifestOf({ name, folder, version, isTypeScript }: Template, { does }: Kind): object {
  const module = `${folder}.${isTypeScript ? 'ts' : 'js'}`
  return {
    name,
    version: '0.1.0',
    description: does,
    license: 'MIT',
    type: 'module',
    exports: `./${module}`,
    files: [module],
    keywords: ['onecopy-plugin'],
    // Node >= 22.18 runs TypeScript.
    engines: { node: isTypeScript ? '>=22.18' : '>=20.19' },
    scripts: { test: isTypeScript ? `node --test ${folder}.test.ts` : 'node --test' },
    dependencies: { '@onecopy/core': `^${version}` },
    // fast-check: the laws are tested with random data.
    devDependencies: {
      '@onecopy/node': `^${version}`,
      ...(isTypeScript ? { '@types/node': '^22.18.0' } : {}),
      'fast-check': '^4.10.2',
      onecopy: `^${version}`,
    },
  }
}

/** A name for a variable: `a.b-c` becomes `aBC`, and `2nd` becomes `plugin2nd`. */
function bindingOf(folder: string): string {
  const camel = folder.replace(/[._-]+(.?)/g, (_, next: string) => next.toUpperCase())
  return /^[0-9]/.test(camel) || reserved.has(camel)
    ? `plugin${camel.replace(/^./, (first) => first.toUpperCase())}`
    : camel
}

/** Words that cannot be the name of an exported constant. */
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield eval arguments definePlugin lines sum text test checkPlugin'
  ).split(' '),
)

function pluginOf(folder: string, binding: string, { does, imports, params, paramsExample, body }: Kind): string {
  return `// ${does}.

import { ${imports} } from '@onecopy/core'

export const ${binding} = definePlugin(import.meta.url, {
  name: '${folder}',
  description: '${does}.',
  // The defaults. A run may give others: onecopy run . FILE --param ${paramsExample}
  params: ${params},
${body}
  // Merges the results of the chunks. It must not depend on how the data was cut.
  reduce: sum(),
})
`
}

function testOf(folder: string, binding: string, { sample }: Kind, extension: string): string {
  return `import { test } from 'node:test'
import { checkPlugin } from '@onecopy/core/testing'
import { ${binding} } from './${folder}.${extension}'

// Small data that the plugin is made for. The check also uses variations of it.
test('${folder} gives the same answer however the data is cut', async () => {
  await checkPlugin(${binding}, { data: ${sample} })
})
`
}

function readmeOf({ name, folder, version, isTypeScript }: Template, { does, paramsExample }: Kind): string {
  const extension = isTypeScript ? 'ts' : 'js'
  const install = isUnpublished(version)
    ? `\n\nThe packages of onecopy are not published yet. Until then, instead of \`npm install\`:

\`\`\`sh
${installPacked}
\`\`\``
    : ''
  const typescript = isTypeScript
    ? `\n\nNode >= 22.18 runs TypeScript; with an older version install tsx and test with \`npx tsx --test ${folder}.test.ts\`. Node does not run
TypeScript in node_modules: compile the plugin to JavaScript before you publish it.`
    : ''
  return `# ${name}

A plugin for [onecopy](https://www.npmjs.com/package/onecopy): ${does.replace(/^C/, 'c')}.

\`\`\`sh
npm install
npm test                                       # checks the laws that a plugin must keep, on random data
npx onecopy run . README.md --param ${paramsExample.padEnd(10)} # runs the plugin on a file
npx onecopy check .                            # checks the laws again and prints a report
\`\`\`${install}${typescript}

In a program:

\`\`\`js
import { file, loadPlugin, run } from '@onecopy/node'

console.log(await run(file('README.md'), await loadPlugin('./${folder}.${extension}')))
\`\`\`
`
}
