// Inline functions travel as source text: taken apart here at the door, made functions again in the lane.

import { show } from './check.js'
import type { Thrown } from './thrown.js'

/** A function that was compiled from its own text. */
// biome-ignore lint/complexity/noBannedTypes: nothing more is known of it than that it is a function
export type CompiledFunction = Function

/**
 * The source text of an inline function.
 *
 * @throws {TypeError} it is no function, or one whose text does not say what it does: bound, native, a class, a generator
 */
export function functionSource(argument: string, fn: unknown): string {
  if (typeof fn !== 'function') throw new TypeError(`${argument}: expected a function, got ${show(fn)}`)
  const source = Function.prototype.toString.call(fn)
  const refuse = (what: string, cure: string): TypeError =>
    new TypeError(`${argument}: ${show(fn)} is ${what}, which cannot be sent to a lane as source text; ${cure}`)
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw refuse('a bound or native function', 'write (bytes, chunk) => … and hand what it needs through params')
  }
  if (/^class\b/.test(source)) throw refuse('a class', 'give a function')
  if (/Generator/.test(Object.prototype.toString.call(fn))) throw refuse('a generator', 'return a list instead')
  try {
    compile(source)
  } catch (cause) {
    throw new TypeError(
      refuse('a function whose text does not stand alone', 'move it to a module of its own').message,
      { cause },
    )
  }
  return source
}

const compiled = new Map<string, CompiledFunction>()
/** Compiled functions that are kept: a program has few inline functions, unless it makes them in a loop. */
const mostCompiled = 500

/** The function that `source` is the text of, in strict mode, seeing globals only; cached. */
export function compile(source: string): CompiledFunction {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const fn = compileExpression(source)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(source, fn)
  return fn
}

function compileExpression(source: string): CompiledFunction {
  // esbuild (and with it tsx and vitest) wraps inner functions in calls of `__name`, a helper outside of the function.
  const evaluate = (text: string): unknown => new Function('__name', `'use strict'; return ${text}`)(keep)
  try {
    return evaluate(`(${source}\n)`) as CompiledFunction
  } catch {
    // A method, `map(bytes) { … }`: its text is no expression, but it is a member of an object.
    return Object.values(evaluate(`({${source}\n})`) as object)[0] as CompiledFunction
  }
}

function keep<T>(fn: T): T {
  return fn
}

/**
 * The name that an inline function used and nobody defined, if `thrown` says so.
 *
 * The language reports it in no other way than in the message's text, which V8 and SpiderMonkey word alike and
 * JavaScriptCore its own way.
 */
export function freeName(thrown: Thrown): string | undefined {
  if (thrown.kind !== 'error' || thrown.name !== 'ReferenceError') return undefined
  const { message } = thrown
  return /^(\S+) is not defined$/.exec(message)?.[1] ?? /^Can't find variable: (\S+)$/.exec(message)?.[1]
}

/** What an `ERR_INLINE_CAPTURE` says. */
export function captureMessage(name: string): string {
  // Test runners and bundlers that rewrite imports leave such names behind.
  if (/^__(vi|vite|webpack|turbopack)_/.test(name)) {
    return `the inline function uses an import of the module around it (${name}): it travels as source text and captures nothing. Import it inside of the function, or move the function to a module (definePlugin, moduleFunction)`
  }
  return (
    `the inline function uses ${name}, which is not defined inside of it: it travels as source text and captures nothing. ` +
    `Hand ${name} over in params and read chunk.params.${name}, or move the function to a module (definePlugin, moduleFunction)`
  )
}
