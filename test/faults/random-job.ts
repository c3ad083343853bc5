// Jobs that follow from a seed: what runs over which data, which chunks fail and how, and therefore what the outcome must be.

import {
  type Chunker,
  type ChunkRange,
  csvRecords,
  delimited,
  type ErrorCode,
  fixed,
  lines,
  overlapping,
  records,
  type SharedData,
  sequential,
} from '@onecopy/node'

/** How a job's results are taken. */
export const modes = ['list', 'text', 'sum', 'arrays', 'any', 'merge', 'iterate', 'early', 'plugin'] as const
export type Mode = (typeof modes)[number]
type FaultParams = import('../plugins/random-faults.js').FaultParams
type Fault = import('../plugins/random-faults.js').Fault

export interface Job {
  readonly data: SharedData<Uint8Array>
  readonly mode: Mode
  /** How the chunk function travels; mode 'plugin' is always one. */
  readonly way: 'inline' | 'module' | 'plugin'
  /** `undefined`: the plugin's own. */
  readonly chunks: Chunker | undefined
  readonly params: Omit<FaultParams, 'counts'>
  readonly priority: number
  readonly retries: number
  readonly workers: number | undefined
  readonly chunkTimeoutMs: number | undefined
  readonly verify: boolean
  /** The number of results after which mode 'early' stops. */
  readonly enough: number
  /** Whether the reader of results is slow. */
  readonly isSlow: boolean
  readonly cancel: Cancel | undefined
  /** All chunks that own something. */
  readonly ranges: readonly ChunkRange[]
  readonly fate: Fate
}

/** When and how a job is cancelled: `turns` of the event loop after its start, or when chunk `params.beginAt` begins. */
export interface Cancel {
  readonly when: 'before' | 'turns' | 'chunk'
  readonly turns: number
  readonly by: 'run' | 'signal'
  readonly reason: unknown
}

/** The outcome of a job that nobody cancels. `never`: it does not settle, so it is a job that is cancelled. */
export type Fate =
  | { readonly kind: 'answer' | 'never' }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly chunk: ChunkRange | undefined }

/** The chunk timeout of jobs with hanging chunks: far more than a healthy chunk takes on a busy machine. */
const timeoutMs = 1000
const always = 1_000_000
const deadly = ['exit', 'timer', 'rejection'] as const
const hanging = ['loop', 'pending'] as const

/** A job for an engine of `workers`, over one of `sources`. */
export async function drawJob(
  random: () => number,
  workers: number,
  sources: readonly SharedData<Uint8Array>[],
): Promise<Job> {
  const below = (n: number): number => Math.floor(random() * n)
  const isOneIn = (n: number): boolean => below(n) === 0
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!

  const data = pick(sources)
  const mode = pick(modes)
  const size = Math.max(1, Math.ceil(data.length / (1 + below(isOneIn(4) ? 150 : 30))))
  const chunks = mode === 'plugin' && isOneIn(2) ? undefined : drawChunker(size)
  const ranges = await sequential().map(data, (_, { index, start, end }) => ({ index, start, end }), {
    chunks: chunks ?? lines({ size }),
  })
  const retries = below(4)
  const laneLimit = isOneIn(4) ? 1 + below(4) : undefined
  const cancel = isOneIn(8) ? drawCancel() : undefined
  const hangs = ranges.length > 0 && isOneIn(25)
  const chunkTimeoutMs = hangs && (cancel === undefined || isOneIn(2)) ? timeoutMs : isOneIn(10) ? 60_000 : undefined
  const isHeavy = (mode === 'list' || mode === 'iterate') && ranges.length <= 24 && isOneIn(6)
  const result =
    mode === 'sum' ? 'float' : mode === 'arrays' ? 'floats' : mode === 'any' ? 'int' : isHeavy ? 'heavy' : 'text'
  const faults = drawFaults()
  const hung = ranges.find(({ index }) => faults[index]?.kind === 'loop' || faults[index]?.kind === 'pending')
  const way = mode === 'plugin' ? 'plugin' : pick(['inline', 'module', 'plugin'] as const)
  const setupDeaths = way === 'plugin' && isOneIn(12) ? pick([1, 1, 2, always]) : 0
  const lanes = Math.min(workers, laneLimit ?? workers)
  // If a chunk hangs, the job waits for the start of that chunk, because others may never begin.
  const beginAt =
    cancel?.when === 'chunk' ? ((hung ?? (ranges.length > 0 ? pick(ranges) : undefined))?.index ?? -1) : -1
  return {
    data,
    mode,
    way,
    chunks,
    params: { faults, beginAt, result, setupDeaths, size },
    priority: pick([0, 0, 0, 1, -1, random()]),
    retries,
    workers: laneLimit,
    chunkTimeoutMs,
    verify: isOneIn(12),
    enough: 1 + below(Math.max(1, ranges.length)),
    isSlow: isOneIn(5),
    cancel,
    ranges,
    fate: decideFate(
      ranges,
      faults,
      retries,
      chunkTimeoutMs,
      ranges.length > 0 && setupDeaths >= (retries + 1) * lanes,
    ),
  }

  function drawChunker(size: number): Chunker {
    switch (below(6)) {
      case 0:
        return fixed({ size })
      case 1: {
        const length = 1 + below(7)
        return records({ length, header: below(10), size: Math.ceil(size / 4) * length })
      }
      case 2:
        return lines({ size })
      case 3:
        return delimited({ size, delimiter: 'ab' })
      case 4:
        return csvRecords({ size, quote: 'a', delimiter: 'b', malformed: 'keep' })
      default:
        return overlapping({ size, overlap: below(20) })
    }
  }

  function drawCancel(): Cancel {
    return {
      when: pick(['before', 'turns', 'turns', 'chunk', 'chunk']),
      turns: below(isOneIn(2) ? 3 : 200),
      by: pick(['run', 'signal']),
      reason: pick(['enough', new Error('enough'), { enough: true }, 0, null]),
    }
  }

  function drawFaults(): Record<number, Fault> {
    const faults: Record<number, Fault> = {}
    if (ranges.length === 0) return faults
    const amount = isOneIn(3) ? 0 : isOneIn(20) ? 6 : 1 + below(3)
    for (let i = 0; i < amount; i++) faults[pick(ranges).index] = drawFault()
    if (hangs) faults[pick(ranges).index] = { kind: pick(hanging), times: always, ms: 0 }
    return faults
  }

  function drawFault(): Fault {
    const ms = below(4)
    const kind = below(10)
    if (kind < 6) return { kind: pick(deadly), times: isOneIn(5) ? retries + 1 : below(retries + 1), ms }
    if (kind < 7) return { kind: 'throw', times: always, ms }
    if (kind < 8 && (mode === 'list' || mode === 'iterate')) return { kind: 'function', times: always, ms }
    return { kind: pick(['stall', 'late']), times: always, ms: isOneIn(4) ? 10 + ms : ms }
  }
}

/** The lowest chunk that always fails is reported. The setup comes before all chunks. */
function decideFate(
  ranges: readonly ChunkRange[],
  faults: Readonly<Record<number, Fault>>,
  retries: number,
  chunkTimeoutMs: number | undefined,
  isSetupLost: boolean,
): Fate {
  if (isSetupLost) return { kind: 'error', code: 'ERR_WORKER_LOST', chunk: undefined }
  for (const chunk of ranges) {
    const { kind, times } = faults[chunk.index] ?? { kind: 'late', times: 0 }
    if (kind === 'throw') return { kind: 'error', code: 'ERR_CHUNK_FAILED', chunk }
    if (kind === 'function') return { kind: 'error', code: 'ERR_RESULT_NOT_CLONEABLE', chunk }
    if ((kind === 'loop' || kind === 'pending') && chunkTimeoutMs === undefined) return { kind: 'never' }
    if (kind === 'loop' || kind === 'pending') return { kind: 'error', code: 'ERR_CHUNK_TIMEOUT', chunk }
    if (deadly.some((each) => each === kind) && times > retries)
      return { kind: 'error', code: 'ERR_WORKER_LOST', chunk }
  }
  return { kind: 'answer' }
}
