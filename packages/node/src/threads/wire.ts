// What a host and its threads say to each other, and the same as flat lists: cloning a list takes half as long as cloning nested
// objects.
//
// `Required` makes the compiler ask for each member here, also for those that are optional.

import type { ChunkPlan, Commit, JobDescription, LaneMessage, LaneTask } from '@onecopy/core/host'

/** What the host sends: a lane to run. */
export interface LaneOrder {
  /** The host's number for the lane. */
  readonly lane: number
  readonly task: LaneTask
}

/** What the thread sends: a message of its lane. */
export interface ThreadMessage {
  /** The host's number for the lane. */
  readonly lane: number
  /** Undefined: the lane has sent its last message, and the thread is free only now. */
  readonly message: LaneMessage | undefined
  /** The thread can take the next lane. Usually true with a lane's last message. */
  readonly isFree: boolean
}

type Job = Required<JobDescription>
type Plan = Required<ChunkPlan>
type Task = Required<LaneTask>
type Message = Required<LaneMessage>
type Results = Required<Commit>

/** A {@link LaneOrder}. Without `job` or `control`, it means those of the thread's last lane. */
export type PackedOrder = readonly [
  order: number,
  lane: Task['lane'],
  lanes: Task['lanes'],
  missing: Task['missing'],
  inOrder: Task['inOrder'],
  control: Task['control'] | undefined,
  job: PackedJob | undefined,
]

/** What is the same for all lanes of a run. */
export type PackedJob = readonly [
  data: Job['data'],
  fn: Job['fn'],
  reducer: Job['reducer'],
  params: Job['params'],
  csvStates: Job['csvStates'],
  verify: Job['verify'],
  seed: Job['seed'],
  into: Job['into'],
  mostSkipped: Job['mostSkipped'],
  listedSkips: Job['listedSkips'],
  prefixes: Job['prefixes'],
  isTraced: Job['isTraced'],
  stream: Job['stream'],
  foldLevel: Job['foldLevel'],
  stopsEarly: Job['stopsEarly'],
  isApart: Job['isApart'],
  kind: Plan['kind'],
  elementType: Plan['elementType'],
  count: Plan['count'],
  length: Plan['length'],
  size: Plan['size'],
  first: Plan['first'],
  last: Plan['last'],
  overlap: Plan['overlap'],
  delimiter: Plan['delimiter'],
  align: Plan['align'],
  mark: Plan['mark'],
  quote: Plan['quote'],
  escape: Plan['escape'],
  malformed: Plan['malformed'],
  pieces: Plan['pieces'],
]

/** A {@link ThreadMessage}. Without a commit, the last six are undefined. Without a message, `isLast` is undefined. */
export type PackedMessage = readonly [
  lane: number,
  isFree: boolean,
  isLast: Message['isLast'] | undefined,
  failure: Message['failure'],
  ranges: Results['ranges'] | undefined,
  payload: Results['payload'] | undefined,
  approxBytes: Results['approxBytes'] | undefined,
  windows: Results['windows'],
  notes: Results['notes'],
  times: Results['times'],
]

export function packOrder({ lane, task }: LaneOrder): PackedOrder {
  return [lane, task.lane, task.lanes, task.missing, task.inOrder, task.control, packJob(task.job)]
}

function packJob({ plan, ...job }: JobDescription): PackedJob {
  const { data, fn, reducer, params, csvStates, verify, seed, into } = job
  const { mostSkipped, listedSkips, prefixes, isTraced, stream, foldLevel, stopsEarly, isApart } = job
  return [
    data,
    fn,
    reducer,
    params,
    csvStates,
    verify,
    seed,
    into,
    mostSkipped,
    listedSkips,
    prefixes,
    isTraced,
    stream,
    foldLevel,
    stopsEarly,
    isApart,
    plan.kind,
    plan.elementType,
    plan.count,
    plan.length,
    plan.size,
    plan.first,
    plan.last,
    plan.overlap,
    plan.delimiter,
    plan.align,
    plan.mark,
    plan.quote,
    plan.escape,
    plan.malformed,
    plan.pieces,
  ]
}

export function unpackOrder(order: number, task: Omit<Task, 'job'>, packed: PackedJob): LaneOrder {
  const [data, fn, reducer, params, csvStates, ...others] = packed
  const [verify, seed, into, mostSkipped, listedSkips, prefixes, isTraced, stream, foldLevel, ...further] = others
  const [stopsEarly, isApart, ...rest] = further
  const [kind, elementType, count, length, size, first, last, overlap, delimiter, align, mark, ...ofCsv] = rest
  const [quote, escapeByte, malformed, pieces] = ofCsv
  const cut = { kind, elementType, count, length, size, first, last, overlap, delimiter, align, mark }
  const plan: Plan = { ...cut, quote, escape: escapeByte, malformed, pieces }
  const how = {
    verify,
    seed,
    into,
    mostSkipped,
    listedSkips,
    prefixes,
    isTraced,
    stream,
    foldLevel,
    stopsEarly,
    isApart,
  }
  const job: Job = { data, fn, reducer, params, csvStates, ...how, plan }
  return { lane: order, task: { ...task, job } }
}

export function packMessage({ lane, message, isFree }: ThreadMessage): PackedMessage {
  const commit = message?.commit
  const results = [
    commit?.ranges,
    commit?.payload,
    commit?.approxBytes,
    commit?.windows,
    commit?.notes,
    commit?.times,
  ] as const
  return [lane, isFree, message?.isLast, message?.failure, ...results]
}

export function unpackMessage(packed: PackedMessage): ThreadMessage {
  const [lane, isFree, isLast, failure, ranges, payload, approxBytes, windows, notes, times] = packed
  if (isLast === undefined) return { lane, isFree, message: undefined }
  let commit: Results | undefined
  if (ranges !== undefined && payload !== undefined && approxBytes !== undefined) {
    commit = { ranges, payload, approxBytes, windows, notes, times }
  }
  const message: Message = { commit, failure, isLast }
  return { lane, isFree, message }
}
