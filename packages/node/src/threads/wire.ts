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

/** A {@link LaneOrder}. */
export type PackedOrder = readonly [
  order: number,
  lane: Task['lane'],
  lanes: Task['lanes'],
  control: Task['control'],
  missing: Task['missing'],
  data: Job['data'],
  fn: Job['fn'],
  reducer: Job['reducer'],
  params: Job['params'],
  verify: Job['verify'],
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
  inOrder: Task['inOrder'],
  foldLevel: Job['foldLevel'],
  stopsEarly: Job['stopsEarly'],
]

/** A {@link ThreadMessage}. Without a commit, the last three are undefined. Without a message, `isLast` is undefined. */
export type PackedMessage = readonly [
  lane: number,
  isFree: boolean,
  isLast: Message['isLast'] | undefined,
  failure: Message['failure'],
  ranges: Results['ranges'] | undefined,
  payload: Results['payload'] | undefined,
  approxBytes: Results['approxBytes'] | undefined,
]

export function packOrder({ lane, task }: LaneOrder): PackedOrder {
  const { job } = task
  const { plan } = job
  return [
    lane,
    task.lane,
    task.lanes,
    task.control,
    task.missing,
    job.data,
    job.fn,
    job.reducer,
    job.params,
    job.verify,
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
    task.inOrder,
    job.foldLevel,
    job.stopsEarly,
  ]
}

export function unpackOrder(packed: PackedOrder): LaneOrder {
  const plan: Plan = {
    kind: packed[10],
    elementType: packed[11],
    count: packed[12],
    length: packed[13],
    size: packed[14],
    first: packed[15],
    last: packed[16],
    overlap: packed[17],
    delimiter: packed[18],
    align: packed[19],
  }
  const job: Job = {
    data: packed[5],
    fn: packed[6],
    reducer: packed[7],
    params: packed[8],
    verify: packed[9],
    foldLevel: packed[21],
    stopsEarly: packed[22],
    plan,
  }
  const task: Task = {
    lane: packed[1],
    lanes: packed[2],
    control: packed[3],
    missing: packed[4],
    inOrder: packed[20],
    job,
  }
  return { lane: packed[0], task }
}

export function packMessage({ lane, message, isFree }: ThreadMessage): PackedMessage {
  const commit = message?.commit
  return [lane, isFree, message?.isLast, message?.failure, commit?.ranges, commit?.payload, commit?.approxBytes]
}

export function unpackMessage(packed: PackedMessage): ThreadMessage {
  const [lane, isFree, isLast, failure, ranges, payload, approxBytes] = packed
  if (isLast === undefined) return { lane, isFree, message: undefined }
  let commit: Results | undefined
  if (ranges !== undefined && payload !== undefined && approxBytes !== undefined) {
    commit = { ranges, payload, approxBytes }
  }
  const message: Message = { commit, failure, isLast }
  return { lane, isFree, message }
}
