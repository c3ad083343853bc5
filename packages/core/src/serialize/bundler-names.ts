// Names that build tools put into a function's text. They belong to helpers that are defined beside the function and do not
// travel with it.
//
// If a few lines can do what the helper does, or if doing nothing is right, the function gets a replacement. Otherwise the
// error message names the tool.

import { defineOwn, hasOwn } from '../base/own-members.js'

/** Replacements by name, for helpers that are small enough to be written again. */
const helpers: Readonly<Record<string, unknown>> = {
  // esbuild, which tsx and vitest use: keeps the names of functions.
  __name: keepName,
  // esbuild and TypeScript: async functions for targets before ES2017.
  __async: (self: unknown, args: unknown, body: Body) => drive(body, self, args),
  __awaiter: (self: unknown, args: unknown, _: unknown, body: Body) => drive(body, self, args),
  // SWC and Babel: the same for their own names.
  _async_to_generator: makeAsync,
  _asyncToGenerator: makeAsync,
  // esbuild and TypeScript: `{ ...a, b }` for targets before ES2018.
  __spreadValues: Object.assign,
  __spreadProps: (target: object, from: object) =>
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(from)),
  __assign: Object.assign,
  // vite and vitest: `import()`. It finds packages and modules of Node. A path of the project means nothing here.
  __vite_ssr_dynamic_import__: (specifier: string) =>
    import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ specifier),
}

type Body = (...args: unknown[]) => Iterator<unknown, unknown, unknown>

/** Run a generator as the async function that the compiler made it from. */
async function drive(body: Body, self: unknown, args: unknown): Promise<unknown> {
  // `as`: these are the `arguments` of the function, or null if there are none.
  const steps = body.apply(self, (args ?? []) as unknown[])
  let step = steps.next()
  while (step.done !== true) {
    let outcome: { readonly value: unknown } | { readonly thrown: unknown }
    try {
      outcome = { value: await step.value }
    } catch (thrown) {
      // The function itself may catch it.
      outcome = { thrown }
    }
    step = hasOwn(outcome, 'value') ? steps.next(outcome.value) : steps.throw!(outcome.thrown)
  }
  return step.value
}

function makeAsync(body: Body): (...args: unknown[]) => Promise<unknown> {
  return function (this: unknown, ...args) {
    return drive(body, this, args)
  }
}

function keepName<F extends object>(fn: F, name: string): F {
  defineOwn(fn, 'name', name, false)
  return fn
}

/** The helpers, by name, that a function with the text `source` may need. */
export function helpersFor(source: string): Readonly<Record<string, unknown>> {
  const needed: Record<string, unknown> = Object.assign(Object.create(null), helpers)
  for (const [, name] of source.matchAll(/(?<![\w$.])(cov_[\da-z]+)\(\)\s*\.(?:[sfb]|bT)\[/g))
    needed[name!] = countNothing
  // As esbuild minifies: u(t=>t+1,"plusOne").
  if (/[^\s],"[\w$ #.[\]]*"\)/.test(source)) {
    for (const [, name] of source.matchAll(/(?<![\w$.])([A-Za-z_$][\w$]?)\(/g)) {
      if (!(name! in globalThis)) needed[name!] ??= minifiedKeepName(name!)
    }
  }
  return needed
}

/**
 * Minifiers give `__name` another name in each bundle. If the name stands for something else, the call fails as it would
 * without this.
 */
function minifiedKeepName(own: string) {
  return (...args: unknown[]): unknown => {
    const [fn, name] = args
    if (args.length === 2 && typeof fn === 'function' && typeof name === 'string') return keepName(fn, name)
    throw new ReferenceError(`${own} is not defined`)
  }
}

/** Istanbul's counters. Counts made in a worker reach nobody. */
function countNothing(): object {
  return counters
}

/** Accepts any count in any branch. */
const branches: object = new Proxy({}, { get: () => ({}) })
const counters: object = { s: {}, f: {}, b: branches, bT: branches }

/** Which tool a name comes from, and what helps. Undefined for names that a person may have written. */
export function toolBehind(name: string): string | undefined {
  return tools.find(([pattern]) => pattern.test(name))?.[1]
}

const move = 'move the function to a module of its own (definePlugin, moduleFunction)'
/** How a function can import a module from inside. */
export const importInside =
  "import it inside the function (await import('…'), or process.getBuiltinModule('node:fs') for a module of Node)"

const compiler =
  'a helper that a compiler (esbuild, TypeScript, SWC, Babel) has added for an old target: compile for ES2022 or later, ' +
  `or ${move}`

const tools: readonly (readonly [RegExp, string])[] = [
  [/^__(vi|vite)_/, `which vite or vitest has put in place of an import of its module: ${importInside}, or ${move}`],
  [
    /_(webpack|turbopack)_/i,
    'which webpack or Turbopack has put in place of an import: for a module of Node use ' +
      `process.getBuiltinModule('node:fs'), or ${move} that is not bundled`,
  ],
  [
    /^(cov_(?=[a-z\d]*\d)[a-z\d]+$|__cov_)/,
    `a counter of the coverage tool (Istanbul): write /* istanbul ignore next */ before it, or ${move}`,
  ],
  [
    /^(require|module|exports|__filename|__dirname|_?import_meta\w*)$/,
    `which only a module has: for a module of Node use process.getBuiltinModule('node:fs'), or ${move}`,
  ],
  [
    // esbuild and TypeScript; SWC and Babel.
    /^__(async|await|yield|forAwait|using|callDispose|spread|objRest|rest|assign|publicField|private|decorat|runInit|esDecorate|extends|values|read|gener|classPrivate|template|makeTemplate|setFunctionName|addDisposable|disposeResources|toESM|require|esm|commonJS|import|pow|defNormal|name)/,
    compiler,
  ],
  [
    /^_(async|await|wrap|object_|object(Spread|Without)|class_|class(Call|Private|Apply)|create_class|createClass|to_|toConsumable|toPropertyKey|define_property|defineProperty|sliced|call_super|callSuper|ts_|using|dispose|extends$|ref\d*$)/,
    compiler,
  ],
]
