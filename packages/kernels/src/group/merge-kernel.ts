// Merging tables in WebAssembly. Keys are copied into the memory window by window, so it stays small, and in the cache.

import { newInstance } from '../wasm/instance.js'
import type { KernelExports } from '../wasm/kernel-functions.js'
import { addValues, type Column, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'

/** The words of a side in the kernel's header, and those of the result: see assembly/group-merge.ts. */
const side = { at: 0, end: 1, hashes: 2, offsets: 3, values: 4, arena: 5, words: 6 } as const
const out = { hashes: 12, offsets: 13, values: 14, arena: 15, count: 16, used: 17, words: 18 } as const
/** The word of the other header that says how many columns there are: see assembly/group-layout.ts. */
const columnCount = 13

const windowValues = 8192
const mostKeys = 1024
const fewestKeys = 16
/** So many bytes of keys fit a window. A longer key is left to the plain twin. */
const windowBytes = 65536
/** The kernel may read, and write, so many bytes behind a key. */
const slack = 16
const pageBytes = 65536

/** What a side or the result has in the memory. */
interface Place {
  readonly hashes: number
  readonly offsets: number
  readonly values: number
  readonly arena: number
}

/** One of the two tables: what is in the window, and what comes next. */
class Side {
  readonly table: Readonly<GroupTable>
  readonly place: Place
  /** The keys in the window are `[start, end)`. */
  start = 0
  end = 0

  constructor(table: Readonly<GroupTable>, place: Place) {
    this.table = table
    this.place = place
  }
}

export class MergeKernel {
  readonly #run: KernelExports

  constructor(run: KernelExports) {
    this.#run = run
  }

  /**
   * Merge keys into `to`, which has room for all of them, until a table has none left, or a key is too long for the window.
   *
   * @returns the next key of either table
   * @throws {RangeError} a sum would not be exact
   */
  merge(
    leftTable: Readonly<GroupTable>,
    rightTable: Readonly<GroupTable>,
    columns: readonly Column[],
    to: GroupTable,
  ): { l: number; r: number } {
    const stride = strideOf(columns)
    const keys = Math.max(fewestKeys, Math.min(mostKeys, Math.floor(windowValues / stride)))
    const places = this.#place(keys, stride, columns)
    const { buffer } = this.#run.memory
    const header = new Uint32Array(buffer, this.#run.mergeHeader.value, out.words)
    header.fill(0)
    const left = new Side(leftTable, places[0]!)
    const right = new Side(rightTable, places[1]!)
    const result = places[2]!
    header[out.hashes] = result.hashes
    header[out.offsets] = result.offsets
    header[out.values] = result.values
    const rightWords = header.subarray(side.words, 2 * side.words)
    while (this.#fill(left, header, keys, stride) && this.#fill(right, rightWords, keys, stride)) {
      const used = to.offsets[to.keyCount]!
      header[out.used] = used
      header[out.arena] = result.arena - used
      const isExact = this.#run.mergeGroups() !== 0
      const l = left.start + header[side.at]!
      const r = right.start + rightWords[side.at]!
      // This throws, and names the column.
      if (!isExact) addValues(leftTable.values.slice(), l * stride, rightTable.values, r * stride, columns)
      const count = header[out.count]!
      to.hashes.set(new Uint32Array(buffer, result.hashes, count), to.keyCount)
      to.offsets.set(new Uint32Array(buffer, result.offsets + 4, count), to.keyCount + 1)
      to.values.set(new Float64Array(buffer, result.values, count * stride), to.keyCount * stride)
      to.arena.set(new Uint8Array(buffer, result.arena, header[out.used]! - used), used)
      to.keyCount += count
    }
    return { l: left.start + header[side.at]!, r: right.start + rightWords[side.at]! }
  }

  /** Copy the next keys into the window of a side if it has none left. False if there is no key left that fits. */
  #fill(of: Side, words: Uint32Array, keys: number, stride: number): boolean {
    const at = of.start + words[side.at]!
    if (at < of.end) return true
    const { keyCount, hashes, offsets, values, arena } = of.table
    let end = Math.min(at + keys, keyCount)
    const first = offsets[at]!
    while (end > at && offsets[end]! - first > windowBytes) end = at + ((end - at) >> 1)
    of.start = at
    of.end = end
    words[side.at] = 0
    words[side.end] = end - at
    if (end === at) return false
    const { buffer } = this.#run.memory
    const { place } = of
    words[side.hashes] = place.hashes
    words[side.offsets] = place.offsets
    words[side.values] = place.values
    words[side.arena] = place.arena - first
    new Uint32Array(buffer, place.hashes, end - at).set(hashes.subarray(at, end))
    new Uint32Array(buffer, place.offsets, end - at + 1).set(offsets.subarray(at, end + 1))
    new Float64Array(buffer, place.values, (end - at) * stride).set(values.subarray(at * stride, end * stride))
    new Uint8Array(buffer, place.arena, windowBytes).set(arena.subarray(first, offsets[end]))
    return true
  }

  /** Assign the addresses of both windows and of the result, which has room for both, and tell the kernel the columns. */
  #place(keys: number, stride: number, columns: readonly Column[]): Place[] {
    const run = this.#run
    let address = run.rowWindow.value
    const reserve = (byteLength: number): number => {
      const at = address
      address = Math.ceil((at + byteLength) / 16) * 16
      return at
    }
    const places = [1, 1, 2].map((times) => ({
      hashes: reserve(4 * keys * times),
      offsets: reserve(4 * (keys * times + 1)),
      values: reserve(8 * stride * keys * times),
      arena: reserve(windowBytes * times + slack),
    }))
    const missing = address - run.memory.buffer.byteLength
    if (missing > 0) run.memory.grow(Math.ceil(missing / pageBytes))
    const bytes = new Uint8Array(run.memory.buffer)
    columns.forEach(({ isDouble }, i) => {
      bytes[run.columnTypes.value + i] = Number(isDouble)
    })
    new Uint32Array(run.memory.buffer, run.groupHeader.value)[columnCount] = columns.length
    return places
  }
}

let kernel: MergeKernel | undefined
let isTried = false

/** This thread's kernel. Undefined if WebAssembly or its SIMD is missing or forbidden. */
export function mergeKernel(): MergeKernel | undefined {
  if (!isTried) {
    const run = newInstance()
    kernel = run === undefined ? undefined : new MergeKernel(run)
  }
  isTried = true
  return kernel
}
