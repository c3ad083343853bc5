// Inline functions travel as source text. The text is taken and checked on the caller's side, and compiled again in the lane.

import { show } from '../base/check.js'
import { helpersFor, importInside, toolBehind } from './bundler-names.js'
import { nameSource } from './inline-place.js'
import type { Thrown } from './thrown.js'

/** A function that was compiled from source text. */
// biome-ignore lint/complexity/noBannedTypes: nothing more is known of it than that it is a function
export type CompiledFunction = Function

/**
 * The source text of an inline function.
 *
 * @param compilesElsewhere - the lanes may compile the text even if this thread must not
 * @throws {TypeError} it is not a function, or its text does not say what it does: it is bound, native, a class or a generator
 */
export function functionSource(argument: string, fn: unknown, compilesElsewhere = false): string {
  if (typeof fn !== 'function') throw new TypeError(`${argument}: expected a function, got ${show(fn)}`)
  const source = Function.prototype.toString.call(fn)
  const refuse = (what: string, cure: string): TypeError =>
    new TypeError(`${argument}: ${show(fn)} is ${what}, which cannot be sent to a worker as source text; ${cure}`)
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw refuse('a bound or native function', 'write (bytes, chunk) => … and pass what it needs in params')
  }
  if (/^class\b/.test(source)) throw refuse('a class', 'give a function')
  if (/Generator/.test(Object.prototype.toString.call(fn))) throw refuse('a generator', 'return a list instead')
  try {
    compile(source)
  } catch (cause) {
    // `forbidden` made this error. It says nothing about the function.
    if (cause instanceof TypeError && compilesElsewhere) return source
    if (cause instanceof TypeError) throw new TypeError(`${argument}: ${cause.message}`, { cause: cause.cause })
    throw new TypeError(
      refuse('a function whose text does not stand alone', 'move it to a module of its own').message,
      { cause },
    )
  }
  return source
}

const compiled = new Map<string, CompiledFunction>()
/** At most this many compiled functions are kept. A program has few inline functions, unless it makes them in a loop. */
const mostCompiled = 500

/**
 * Compile `source` as a function in strict mode that sees globals only. The result is cached.
 *
 * @throws {TypeError} this thread must not compile functions from text
 */
export function compile(source: string): CompiledFunction {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const fn = compileExpression(source)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(source, fn)
  return fn
}

function compileExpression(source: string): CompiledFunction {
  const helpers = helpersFor(source)
  const name = nameSource(source)
  // The function's text starts on a new line, so that the lines and columns in a stack can be mapped to it.
  const evaluate = (open: string, close: string): unknown => {
    const text = `'use strict'; return ${open}\n${source}\n${close}${name}`
    return new Function(...Object.keys(helpers), text)(...Object.values(helpers))
  }
  try {
    return evaluate('(', ')') as CompiledFunction
  } catch (error) {
    // The `Function` of this realm throws it, so `instanceof` is right.
    if (error instanceof Error && error.name === 'EvalError') throw forbidden(error)
    // It is a method, `map(bytes) { … }`. Its text is not an expression, but it is a member of an object.
    return Object.values(evaluate('({', '})') as object)[0] as CompiledFunction
  }
}

function forbidden(cause: Error): TypeError {
  return new TypeError(
    'inline functions cannot be used here: they travel as source text, and this program must not compile text (Node was ' +
      "started with --disallow-code-generation-from-strings, or the content security policy of the page or of its worker's " +
      "script lacks 'unsafe-eval'). Move the function to a module (definePlugin, moduleFunction)",
    { cause },
  )
}

/**
 * The name that an inline function used but that is not defined; undefined if `thrown` is another error.
 *
 * JavaScript tells the name only in the text of the message. V8 and SpiderMonkey use the same words; JavaScriptCore uses
 * others.
 */
export function freeName(thrown: Thrown): string | undefined {
  if (thrown.kind !== 'error' || thrown.name !== 'ReferenceError') return undefined
  const { message } = thrown
  return /^(\S+) is not defined$/.exec(message)?.[1] ?? /^Can't find variable: (\S+)$/.exec(message)?.[1]
}

/** The message of an `ERR_INLINE_CAPTURE`. */
export function captureMessage(name: string): string {
  const travels = 'An inline function travels as source text and captures nothing.'
  const tool = toolBehind(name)
  if (tool !== undefined) return `the inline function uses ${name}, ${tool}. ${travels}`
  // One or two letters: people rarely give such a short name to something that is shared.
  const minified =
    name.length > 2 ? '' : ` If a bundler has given it this short name, it may be a helper of the bundler's.`
  return (
    `the inline function uses ${name}, which is not defined inside of it.${minified} ${travels} Pass a value in params and read ` +
    `chunk.params.${name}. Define a function inside. For an import, ${importInside}. Or move the function to a module ` +
    '(definePlugin, moduleFunction)'
  )
}
