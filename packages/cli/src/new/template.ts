// What is in the folder of a new plugin.

/** The files by their names: all that `npm install && npm test` needs. */
export function filesOf(name: string, folder: string, version: string): Record<string, string> {
  const binding = bindingOf(folder)
  return {
    'package.json': `${JSON.stringify(manifestOf(name, folder, version), null, 2)}\n`,
    [`${folder}.js`]: pluginOf(folder, binding),
    [`${folder}.test.js`]: testOf(folder, binding),
    'README.md': readmeOf(name, folder),
  }
}

function manifestOf(name: string, folder: string, version: string): object {
  return {
    name,
    version: '0.1.0',
    description: 'Counts the lines that contain a word',
    license: 'MIT',
    type: 'module',
    exports: `./${folder}.js`,
    files: [`${folder}.js`],
    keywords: ['onecopy-plugin'],
    engines: { node: '>=20.19' },
    scripts: { test: 'node --test' },
    dependencies: { '@onecopy/core': `^${version}` },
    // fast-check: the laws are tried on random data.
    devDependencies: { '@onecopy/node': `^${version}`, 'fast-check': '^4.10.2', onecopy: `^${version}` },
  }
}

/** A name for a variable: `a.b-c` is `aBC`, and `2nd` is `plugin2nd`. */
function bindingOf(folder: string): string {
  const camel = folder.replace(/[._-]+(.?)/g, (_, next: string) => next.toUpperCase())
  return /^[0-9]/.test(camel) || reserved.has(camel)
    ? `plugin${camel.replace(/^./, (first) => first.toUpperCase())}`
    : camel
}

/** Words that are no names for an exported constant of a module. */
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield eval arguments definePlugin lines sum text test checkPlugin'
  ).split(' '),
)

function pluginOf(folder: string, binding: string): string {
  return `// How many lines contain a word.

import { definePlugin, lines, sum, text } from '@onecopy/core'

export const ${binding} = definePlugin(import.meta.url, {
  name: '${folder}',
  description: 'Counts the lines that contain a word.',
  // What a run may set, with its defaults: onecopy run . FILE --param word=error
  params: { word: 'the' },
  // A chunk holds whole lines. Called for each chunk, on any core: \`bytes\` is a view, valid until the function returns.
  chunks: lines(),
  map: (bytes, { params }) => text(bytes).split('\\n').filter((line) => line.includes(params.word)).length,
  // The chunks' results become one: merge must not care how the data was cut.
  reduce: sum(),
})
`
}

function testOf(folder: string, binding: string): string {
  return `import { test } from 'node:test'
import { checkPlugin } from '@onecopy/core/testing'
import { ${binding} } from './${folder}.js'

test('${folder} gives the same answer however the data is cut', () => checkPlugin(${binding}))
`
}

function readmeOf(name: string, folder: string): string {
  return `# ${name}

A plugin for [onecopy](https://www.npmjs.com/package/onecopy): counts the lines that contain a word.

\`\`\`sh
npm install
npm test                                       # the laws that a plugin must keep, tried on random data
npx onecopy run . README.md --param word=npm   # the plugin on a file
npx onecopy check .                            # the laws once more, as a report
\`\`\`

In a program:

\`\`\`js
import { file, loadPlugin, run } from '@onecopy/node'

console.log(await run(file('README.md'), await loadPlugin('./${folder}.js')))
\`\`\`
`
}
