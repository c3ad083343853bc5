// Grouping the rows of a chunk in WebAssembly: copies them into the memory window by window, and makes room for the table.
//
// One instance per thread. A call leaves its table in the memory, and the next call overwrites it.

import { powersOfTen } from '../base/powers-of-ten.js'
import { newInstance } from '../wasm/instance.js'
import type { KernelExports } from '../wasm/kernel-functions.js'
import { addNumber, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'
import { newRow, type RowFormat, readRow } from './row-format.js'

// The header's words and the kernel's reasons, see assembly/group-layout.ts.
const header = {
  slots: 0,
  slotMask: 1,
  offsets: 2,
  hashes: 3,
  values: 4,
  arena: 5,
  arenaRoom: 6,
  keyRoom: 7,
  keyCount: 8,
  malformed: 9,
  reason: 10,
  separator: 11,
  lastField: 12,
  columnCount: 13,
  words: 14,
} as const
const tableFull = 1
const rowLeft = 2
const noRoom = 0xffffffff
const keyKind = 255

const lineFeed = 10
const pageBytes = 65536
/** What 32 bits can address, but for a page. */
const mostBytes = 2 ** 32 - pageBytes
/** Stays in a core's own cache beside a small table. */
const windowBytes = 128 * 1024
const fewestKeys = 1024
/** The line feed that a last line may lack, and what the kernel may read behind it. */
const slack = 72
const { indexOf, lastIndexOf } = Uint8Array.prototype

/** The room of each part of the table. */
interface Room {
  readonly window: number
  readonly keys: number
  readonly keyBytes: number
}

export class RowKernel {
  readonly #run: KernelExports
  /** Expected size of the next chunk's table: that of the last one. */
  #expected = { keys: fewestKeys, keyBytes: 16 * fewestKeys }
  #room: Room = { window: windowBytes, keys: 0, keyBytes: 0 }

  constructor(run: KernelExports) {
    this.#run = run
    new Float64Array(run.memory.buffer, run.powersOfTen.value, powersOfTen.length).set(powersOfTen)
  }

  /**
   * A table of the rows in `bytes`. Its parts are views of the memory: valid until the next call.
   *
   * @throws {RangeError} a number is out of the range of its type, or a sum would not be exact; the memory is full
   */
  rows(bytes: Readonly<Uint8Array>, format: RowFormat): GroupTable {
    this.#begin(format)
    for (let at = 0; at < bytes.length; ) {
      const end = this.#windowEnd(bytes, at, format)
      this.#add(bytes.subarray(at, end), format)
      at = end
    }
    const table = this.#table(format)
    this.#expected = {
      keys: Math.max(fewestKeys, table.keyCount),
      keyBytes: Math.max(16 * fewestKeys, table.offsets[table.keyCount]!),
    }
    return table
  }

  get #header(): Uint32Array {
    return new Uint32Array(this.#run.memory.buffer, this.#run.groupHeader.value, header.words)
  }

  #begin({ key, separator, columns, columnOf }: RowFormat): void {
    const { run } = { run: this.#run }
    const bytes = new Uint8Array(run.memory.buffer)
    columnOf.forEach((column, field) => {
      bytes[run.fieldKinds.value + field] = field === key ? keyKind : column + 1
    })
    columns.forEach(({ isDouble, digits }, i) => {
      bytes[run.columnTypes.value + i] = Number(isDouble)
      bytes[run.columnDigits.value + i] = digits
    })
    const words = this.#header
    words.fill(0)
    words[header.separator] = separator
    words[header.lastField] = columnOf.length - 1
    words[header.columnCount] = columns.length
    // A quarter more, so that a table of about the same size does not have to grow.
    const { keys, keyBytes } = this.#expected
    this.#place(
      { window: windowBytes, keys: Math.ceil(keys * 1.25), keyBytes: Math.ceil(keyBytes * 1.25) },
      columns.length,
    )
    new Uint32Array(run.memory.buffer, this.#header[header.offsets]!, 1)[0] = 0
  }

  /** The end of the last line that fits the window, from `at` on. A longer line gets a larger window. */
  #windowEnd(bytes: Readonly<Uint8Array>, at: number, { columns }: RowFormat): number {
    const most = at + this.#room.window
    if (most >= bytes.length) return bytes.length
    const feed = lastIndexOf.call(bytes, lineFeed, most - 1)
    if (feed >= at) return feed + 1
    const found = indexOf.call(bytes, lineFeed, most)
    const end = found < 0 ? bytes.length : found + 1
    this.#grow({ ...this.#room, window: end - at }, columns.length)
    return end
  }

  #add(rows: Readonly<Uint8Array>, format: RowFormat): void {
    const run = this.#run
    const start = run.rowWindow.value
    let memory = new Uint8Array(run.memory.buffer)
    memory.set(rows, start)
    let end = start + rows.length
    if (memory[end - 1] !== lineFeed) memory[end++] = lineFeed
    for (let at = start; at < end; ) {
      at = run.groupRows(at, end) >>> 0
      const why = this.#header[header.reason]
      if (why === tableFull) this.#double(format.columns.length)
      if (why === rowLeft) {
        memory = new Uint8Array(run.memory.buffer)
        const feed = indexOf.call(memory, lineFeed, at)
        this.#addRow(at, feed, format)
        at = feed + 1
      }
    }
  }

  /** Add the row in `[start, feed)` of the memory, which the kernel has left. */
  #addRow(start: number, feed: number, format: RowFormat): void {
    const { columns } = format
    const row = newRow(format)
    if (!readRow(new Uint8Array(this.#run.memory.buffer), start, feed, format, row)) {
      this.#header[header.malformed]!++
      return
    }
    let key = this.#run.groupFind(row.keyStart, row.keyEnd - row.keyStart) >>> 0
    while (key === noRoom) {
      this.#double(columns.length)
      key = this.#run.groupFind(row.keyStart, row.keyEnd - row.keyStart) >>> 0
    }
    const { values } = this.#table(format)
    const place = key * strideOf(columns)
    values[place]!++
    columns.forEach((column, i) => {
      addNumber(values, place + 1 + 4 * i, row.values[i]!, column)
    })
  }

  #table({ columns }: RowFormat): GroupTable {
    const { buffer } = this.#run.memory
    const words = this.#header
    const keyCount = words[header.keyCount]!
    const offsets = new Uint32Array(buffer, words[header.offsets]!, keyCount + 1)
    return {
      keyCount,
      malformed: words[header.malformed]!,
      isSorted: false,
      arena: new Uint8Array(buffer, words[header.arena]!, offsets[keyCount]!),
      offsets,
      hashes: new Uint32Array(buffer, words[header.hashes]!, keyCount),
      slots: new Uint32Array(0),
      values: new Float64Array(buffer, words[header.values]!, keyCount * strideOf(columns)),
    }
  }

  #double(columnCount: number): void {
    const { window, keys, keyBytes } = this.#room
    this.#grow({ window, keys: 2 * keys, keyBytes: 2 * keyBytes }, columnCount)
  }

  /** Move a table that is in use to larger parts. */
  #grow(room: Room, columnCount: number): void {
    const old = Uint32Array.from(this.#header)
    const { keys, keyBytes } = this.#room
    this.#place(room, columnCount)
    const words = this.#header
    const bytes = new Uint8Array(this.#run.memory.buffer)
    const move = (part: number, byteLength: number): void => {
      bytes.copyWithin(words[part]!, old[part]!, old[part]! + byteLength)
    }
    // Every part moves up, so the last one goes first.
    move(header.arena, keyBytes)
    move(header.values, keys * 8 * (1 + 4 * columnCount))
    move(header.hashes, keys * 4)
    move(header.offsets, (keys + 1) * 4)
    this.#fillSlots()
  }

  #fillSlots(): void {
    const words = this.#header
    const { buffer } = this.#run.memory
    const mask = words[header.slotMask]!
    const keyCount = words[header.keyCount]!
    const slots = new Uint32Array(buffer, words[header.slots]!, 2 * (mask + 1)).fill(0)
    const hashes = new Uint32Array(buffer, words[header.hashes]!, keyCount)
    for (let key = 0; key < keyCount; key++) {
      let slot = hashes[key]! & mask
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask
      slots[2 * slot] = hashes[key]!
      slots[2 * slot + 1] = key + 1
    }
  }

  /** Write the addresses of the parts to the header, and clear the slots. */
  #place(room: Room, columnCount: number): void {
    const slotCount = 2 ** Math.ceil(Math.log2(2 * room.keys))
    const slots = aligned(this.#run.rowWindow.value + room.window + slack)
    const offsets = slots + 8 * slotCount
    const hashes = offsets + 4 * (room.keys + 1)
    const values = aligned(hashes + 4 * room.keys)
    const arena = values + 8 * (1 + 4 * columnCount) * room.keys
    this.#reserve(arena + room.keyBytes + slack)
    const words = this.#header
    words[header.slots] = slots
    words[header.slotMask] = slotCount - 1
    words[header.offsets] = offsets
    words[header.hashes] = hashes
    words[header.values] = values
    words[header.arena] = arena
    words[header.arenaRoom] = room.keyBytes
    words[header.keyRoom] = room.keys
    this.#room = room
    if (words[header.keyCount] === 0) new Uint32Array(this.#run.memory.buffer, slots, 2 * slotCount).fill(0)
  }

  #reserve(byteLength: number): void {
    const { memory } = this.#run
    const missing = byteLength - memory.buffer.byteLength
    if (missing <= 0) return
    const refusal = 'groupBy: the keys of one chunk do not fit WebAssembly memory; cut the data into smaller chunks'
    if (byteLength > mostBytes) throw new RangeError(refusal)
    try {
      memory.grow(Math.ceil(missing / pageBytes))
    } catch (cause) {
      throw new RangeError(refusal, { cause })
    }
  }
}

function aligned(address: number): number {
  return Math.ceil(address / 16) * 16
}

let kernel: RowKernel | undefined
let isTried = false

/** This thread's kernel. Undefined if WebAssembly or its SIMD is missing or forbidden. */
export function rowKernel(): RowKernel | undefined {
  if (!isTried) {
    const run = newInstance()
    kernel = run === undefined ? undefined : new RowKernel(run)
  }
  isTried = true
  return kernel
}
