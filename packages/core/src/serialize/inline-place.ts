// Where an inline function stands in its file: the frames of its stacks lead there, and not into the text that was compiled.
//
// A function does not say where it was written. But the call that it was given to does, and its text is in the same file.

import { isError } from '../base/built-in.js'
import { defineOwn, memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { checksum } from '../data/checksum.js'

/** Reads a file that a stack names; undefined if it cannot be read. */
export type ReadSource = (file: string) => string | undefined

/** Frames of a call's stack: about ten are of this package and of its host. */
const mostFrames = 30
/** How often an error's causes are followed: they may lead back to it. */
const mostCauses = 20
/** Lines of a compiled text before the function's own: `new Function` writes two, and `compile` one. */
const linesBefore = 3
const prefix = 'onecopy-inline-function-'
const frame = new RegExp(`(?:eval \\()?${prefix}(\\d+):(\\d+):(\\d+)`, 'g')

interface Inline {
  readonly source: string
  /** The stack of the call that the function was given to. */
  readonly stack: string
}

const inlines = new Map<string, Inline>()
/** Functions that are remembered: a program has few, unless it makes them in a loop. */
const mostInlines = 500

/** The line behind a compiled text that names it in stacks. The first call that a text comes with is remembered. */
export function nameSource(source: string): string {
  const id = String(checksum(new runtime.TextEncoder().encode(source)) >>> 0)
  if (inlines.size >= mostInlines) inlines.clear()
  inlines.set(id, { source, stack: callStack() })
  return `\n//# sourceURL=${prefix}${id}`
}

/**
 * The stack of now, long enough to reach the caller of this package. Only V8 knows a limit.
 *
 * It is text at once, because an error whose stack nobody has read keeps all variables of the functions in it: shared data, too.
 */
function callStack(): string {
  const limit: unknown = Reflect.get(Error, 'stackTraceLimit')
  // Does nothing where Error is frozen.
  Reflect.set(Error, 'stackTraceLimit', mostFrames)
  const { stack } = new Error('the call that an inline function was given to')
  Reflect.set(Error, 'stackTraceLimit', limit)
  // A program may make something else of stacks.
  return typeof stack === 'string' ? stack : ''
}

/** Let the frames of inline functions, in the stacks of `error` and its causes, lead to the files that these were written in. */
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

/** `file:line:column` of a position in an inline function; `line` counts from 1. */
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

/** The frames of a stack, but for those of this package and of @onecopy/node. In a bundle nobody can tell: all frames. */
function framesOf(stack: string): Frame[] {
  const frames: Frame[] = []
  for (const [, file, line, column] of stack.matchAll(position)) {
    frames.push({ file: file!, line: Number(line), column: Number(column) })
  }
  // The first one is of this file.
  const [siblings] = /^.*[/\\](?=core[/\\](?:src|dist)[/\\])/.exec(frames[0]?.file ?? '') ?? []
  const others = frames.filter(
    ({ file }) => siblings === undefined || !(file.startsWith(siblings) || /[/\\]@onecopy[/\\]node[/\\]/.test(file)),
  )
  return others.length > 0 ? others : frames
}

/** The place in a line of a stack: `at f (file:line:column)`, `at file:line:column`. */
const position = /(?:\(|at (?:async )?)((?:[a-z]+:\/|\/|[A-Z]:\\)[^\n()]*):(\d+):(\d+)\)?$/gm

/** Where `source` begins in `text`: the first time from line `calledAt` on, else the last time before. -1: nowhere. */
function findSource(text: string, source: string, calledAt: number): number {
  // Where types were stripped, there are spaces in their place: as many as the types were long.
  const spaced = source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ({ length }) => `[^\\n]{${length}}`)
  let found = -1
  for (const { index } of text.matchAll(new RegExp(spaced, 'g'))) {
    found = index
    if (text.slice(0, index).split('\n').length >= calledAt) break
  }
  return found
}
