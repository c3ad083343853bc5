// Finds where an inline function was written, so that the frames of its stacks lead there and not into the compiled text.
//
// A function does not say where it was written. But the stack of the call that it was passed to names a file, and the
// function's text is in that file.

import { isError } from '../base/built-in.js'
import { defineOwn, memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { checksum } from '../data/checksum.js'

/** Reads a file that a stack names. Returns undefined if the file cannot be read. */
export type ReadSource = (file: string) => string | undefined

/** How many frames of a call's stack are kept. About ten of them are of this package and of its host. */
const mostFrames = 30
/** How many causes of an error are followed, because they may form a circle. */
const mostCauses = 20
/** Lines of the compiled text before the function's own text. `new Function` writes two, and `compile` one. */
const linesBefore = 3
const prefix = 'onecopy-inline-function-'
const frame = new RegExp(`(?:eval \\()?${prefix}(\\d+):(\\d+):(\\d+)`, 'g')

interface Inline {
  readonly source: string
  /** The stack of the call that the function was passed to. */
  readonly stack: string
}

const inlines = new Map<string, Inline>()
/** At most this many functions are remembered. A program has few, unless it makes them in a loop. */
const mostInlines = 500

/** The last line of a compiled text, which gives it a name in stacks. It remembers the stack of the first call with this text. */
export function nameSource(source: string): string {
  const id = String(checksum(new runtime.TextEncoder().encode(source)) >>> 0)
  if (inlines.size >= mostInlines) inlines.clear()
  inlines.set(id, { source, stack: callStack() })
  return `\n//# sourceURL=${prefix}${id}`
}

/**
 * The current stack, long enough to reach the caller of this package. Only V8 has a limit.
 *
 * It is read as text at once. An error whose stack nobody has read keeps the variables of all functions in it alive, and with
 * them shared data.
 */
function callStack(): string {
  const limit: unknown = Reflect.get(Error, 'stackTraceLimit')
  // This does nothing if Error is frozen.
  Reflect.set(Error, 'stackTraceLimit', mostFrames)
  const { stack } = new Error('the call that an inline function was given to')
  Reflect.set(Error, 'stackTraceLimit', limit)
  // A program may replace stacks by something else.
  return typeof stack === 'string' ? stack : ''
}

/** In the stacks of `error` and its causes, make the frames of inline functions point to the files in which they were written. */
export function pointToSources(error: unknown, readSource: ReadSource | undefined): void {
  for (let at = error, n = 0; isError(at) && n < mostCauses; at = memberOf(at, 'cause'), n++) {
    const { stack } = at
    if (typeof stack !== 'string' || !stack.includes(prefix)) continue
    const pointed = stack.replaceAll(frame, (whole, id: string, line: string, column: string) => {
      const place = placeOf(id, Number(line) - linesBefore, Number(column), readSource)
      if (place === undefined) return whole
      return whole.startsWith('eval (') ? `<inline function> (${place}` : place
    })
    defineOwn(at, 'stack', pointed, false)
  }
}

/** The place `file:line:column` of a position in an inline function. `line` counts from 1. */
function placeOf(id: string, line: number, column: number, readSource: ReadSource | undefined): string | undefined {
  const inline = inlines.get(id)
  if (inline === undefined) return undefined
  const calls = framesOf(inline.stack)
  for (const { file, line: calledAt } of calls) {
    const text = readSource?.(file)
    const start = text === undefined ? -1 : findSource(text, inline.source, calledAt)
    if (text === undefined || start < 0) continue
    const before = text.slice(0, start).split('\n')
    const firstColumn = before.at(-1)!.length
    return `${file}:${before.length + line - 1}:${line === 1 ? firstColumn + column : column}`
  }
  const [call] = calls
  return call && `line ${line} of what is given at ${call.file}:${call.line}:${call.column}`
}

interface Frame {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * The frames of a stack, without those of this package and of @onecopy/node. A bundle hides which frames these are; then all
 * frames.
 */
function framesOf(stack: string): Frame[] {
  const frames: Frame[] = []
  for (const [, file, line, column] of stack.matchAll(position)) {
    frames.push({ file: file!, line: Number(line), column: Number(column) })
  }
  // The first frame is in this file.
  const [siblings] = /^.*[/\\](?=core[/\\](?:src|dist)[/\\])/.exec(frames[0]?.file ?? '') ?? []
  const others = frames.filter(
    ({ file }) => siblings === undefined || !(file.startsWith(siblings) || /[/\\]@onecopy[/\\]node[/\\]/.test(file)),
  )
  return others.length > 0 ? others : frames
}

/** Matches the place in a line of a stack: `at f (file:line:column)` or `at file:line:column`. */
const position = /(?:\(|at (?:async )?)((?:[a-z]+:\/|\/|[A-Z]:\\)[^\n()]*):(\d+):(\d+)\)?$/gm

/**
 * The offset in `text` at which `source` begins: the first occurrence from line `calledAt` on, or else the last one before it;
 * -1 if there is none.
 */
function findSource(text: string, source: string, calledAt: number): number {
  // If types were stripped, there are as many spaces as the types had characters.
  const spaced = source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ({ length }) => `[^\\n]{${length}}`)
  let found = -1
  for (const { index } of text.matchAll(new RegExp(spaced, 'g'))) {
    found = index
    if (text.slice(0, index).split('\n').length >= calledAt) break
  }
  return found
}
