// Writes what took how long in a run as a Chrome trace, which chrome://tracing and ui.perfetto.dev show.

import { closeSync, openSync, writeSync } from 'node:fs'
import type { Run, TraceEvent } from '@onecopy/core'
import { checkCount } from '@onecopy/core/lane'
import { nowMs } from './clock.js'
import { absolutePath } from './files/path.js'

/** The number of the track for the caller's thread. Those of lanes are above it. */
const callerTrack = 0

/**
 * Write a Chrome trace of a run into a file: a track per lane with its chunks, and one for the merges on the caller's thread. Open it in
 * chrome://tracing or ui.perfetto.dev.
 *
 * Call it before the run is started. The file is complete when the run has settled, with a value or an error. Events are written as they
 * come, so a trace of many chunks takes no memory.
 *
 * @param run - a run of `map`, `run` or `fold` that has not been started
 * @param path - the file, which is replaced
 * @returns the run
 * @throws {Error} the file cannot be made
 * @example const counts = await writeTrace(engine.run(data, plugin), 'trace.json')
 */
export function writeTrace<R extends Run<unknown>>(run: R, path: string | URL): R {
  checkCount('writeTrace', 2, arguments.length)
  const fd = openSync(absolutePath(path), 'w')
  const tracks = new Set<number>()
  // The run has not begun. A lane is told of after the chunks that it ran, so the first event is not the earliest.
  const origin = performance.timeOrigin + nowMs()
  let isBroken = false
  let text = '[\n'
  const write = (): void => {
    try {
      if (!isBroken) writeSync(fd, text)
    } catch (error) {
      // A trace must not end the run. The disk may be full.
      isBroken = true
      process.emitWarning(`the trace is not complete: ${error instanceof Error ? error.message : String(error)}`)
    }
    text = ''
  }
  const put = (entry: object): void => {
    text += `${JSON.stringify(entry)},\n`
  }
  const add = ({ kind, lane, worker, chunk, startMs, ms }: TraceEvent): void => {
    const track = lane + 1
    if (!tracks.has(track)) {
      tracks.add(track)
      const name = track === callerTrack ? 'caller: merges' : `lane ${lane}`
      put({ name: 'thread_name', ph: 'M', pid: 1, tid: track, args: { name } })
    }
    const name = kind === 'chunk' ? `chunk ${chunk}` : kind === 'lane' ? `worker ${worker}` : 'merge'
    const args = kind === 'merge' ? {} : { worker, ...(chunk === undefined ? {} : { chunk }) }
    // Chrome counts microseconds, from 0 on. The clocks of processes may differ a little.
    const [ts, dur] = [Math.max(0, Math.round((startMs - origin) * 1000)), Math.round(ms * 1000)]
    put({ name, cat: kind, ph: 'X', ts, dur, pid: 1, tid: track, args })
  }
  run.on('trace', (events) => {
    for (const event of events) add(event)
    write()
  })
  run.on('done', () => {
    put({ name: 'process_name', ph: 'M', pid: 1, tid: callerTrack, args: { name: 'onecopy' } })
    // The last entry has no comma behind it.
    text = `${text.slice(0, -2)}\n]\n`
    write()
    closeSync(fd)
  })
  return run
}
