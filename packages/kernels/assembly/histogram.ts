// A histogram of bytes, in eight tables. Equal neighbours count in different tables, so that an increment does not wait for the
// store of the increment before it.

import { tables } from './layout'

const tableBytes: usize = 1024

/** Count the bytes of `[start, start + length)` into 256 words of 32 bits. Returns their address. */
export function byteHistogram(start: usize, length: usize): usize {
  memory.fill(tables, 0, 8 * tableBytes)
  const end = start + length
  let at = start
  for (; end - at >= 16; at += 16) {
    const low = load<u64>(at)
    const high = load<u64>(at, 8)
    countEven(low as u32)
    countOdd((low >> 32) as u32)
    countEven(high as u32)
    countOdd((high >> 32) as u32)
  }
  for (; at < end; at++) {
    const place = (load<u8>(at) as usize) << 2
    store<u32>(place, load<u32>(place, tables) + 1, tables)
  }
  for (let entry = tables; entry < tables + tableBytes; entry += 16) {
    let sum = v128.load(entry)
    for (let table: usize = 1; table < 8; table++) sum = i32x4.add(sum, v128.load(entry + table * tableBytes))
    v128.store(entry, sum)
  }
  return tables
}

// The loops are unrolled, because a table's address costs nothing as the constant of a load or store. A counter's place in its
// table is four times the byte's value: one shift and one mask.

function countEven(word: u32): void {
  const a: usize = (word << 2) & 0x3fc
  const b: usize = (word >> 6) & 0x3fc
  const c: usize = (word >> 14) & 0x3fc
  const d: usize = (word >> 22) & 0x3fc
  store<u32>(a, load<u32>(a, tables) + 1, tables)
  store<u32>(b, load<u32>(b, tables + tableBytes) + 1, tables + tableBytes)
  store<u32>(c, load<u32>(c, tables + 2 * tableBytes) + 1, tables + 2 * tableBytes)
  store<u32>(d, load<u32>(d, tables + 3 * tableBytes) + 1, tables + 3 * tableBytes)
}

function countOdd(word: u32): void {
  const a: usize = (word << 2) & 0x3fc
  const b: usize = (word >> 6) & 0x3fc
  const c: usize = (word >> 14) & 0x3fc
  const d: usize = (word >> 22) & 0x3fc
  store<u32>(a, load<u32>(a, tables + 4 * tableBytes) + 1, tables + 4 * tableBytes)
  store<u32>(b, load<u32>(b, tables + 5 * tableBytes) + 1, tables + 5 * tableBytes)
  store<u32>(c, load<u32>(c, tables + 6 * tableBytes) + 1, tables + 6 * tableBytes)
  store<u32>(d, load<u32>(d, tables + 7 * tableBytes) + 1, tables + 7 * tableBytes)
}
