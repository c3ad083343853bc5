// Inline functions travel as source text: taken apart here at the door, made functions again in the lane.

import { show } from '../base/check.js'
import { helpersFor, importInside, toolBehind } from './bundler-names.js'
import { nameSource } from './inline-place.js'
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
    // Ours: `forbidden` made it.
    if (cause instanceof TypeError) throw new TypeError(`${argument}: ${cause.message}`, { cause: cause.cause })
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

/**
 * The function that `source` is the text of, in strict mode, seeing globals only; cached.
 *
 * @throws {TypeError} this thread makes no functions from text
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
  // The function's text begins a line: so its own lines and columns follow from those in a stack.
  const evaluate = (open: string, close: string): unknown => {
    const text = `'use strict'; return ${open}\n${source}\n${close}${name}`
    return new Function(...Object.keys(helpers), text)(...Object.values(helpers))
  }
  try {
    return evaluate('(', ')') as CompiledFunction
  } catch (error) {
    // Thrown by the `Function` of this realm.
    if (error instanceof Error && error.name === 'EvalError') throw forbidden(error)
    // A method, `map(bytes) { … }`: its text is no expression, but it is a member of an object.
    return Object.values(evaluate('({', '})') as object)[0] as CompiledFunction
  }
}

function forbidden(cause: Error): TypeError {
  return new TypeError(
    'inline functions cannot be had here: they travel as source text, and this program makes no code from text (Node was ' +
      'started with --disallow-code-generation-from-strings, or a content security policy lacks unsafe-eval). Move the ' +
      'function to a module (definePlugin, moduleFunction)',
    { cause },
  )
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
  const travels = 'An inline function travels as source text and captures nothing.'
  const tool = toolBehind(name)
  if (tool !== undefined) return `the inline function uses ${name}, ${tool}. ${travels}`
  // One letter or two: nobody's name for what belongs to everybody.
  const minified =
    name.length > 2 ? '' : ` If a bundler has given it this short name, it may be a helper of the bundler's.`
  return (
    `the inline function uses ${name}, which is not defined inside of it.${minified} ${travels} Hand a value over in params, and read ` +
    `chunk.params.${name}. Define a function inside. What is imported: ${importInside}. Or move the function to a module ` +
    '(definePlugin, moduleFunction)'
  )
}
