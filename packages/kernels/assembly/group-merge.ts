// Merges two tables of groups, window by window: see src/group/merge-kernel.ts. The keys of both are in the order of their bytes.

import { columnCount, columnTypes, groupHeader } from './group-layout'

/** The header: 32-bit words. Two sides, the left one and the right one, with the words of a side; then the words of the result. */
export const mergeHeader: usize = 0x3880
/** The next key of a side, and the end of its keys in the window. */
const keyAt: usize = 0
const keyEnd: usize = 4
/** Addresses of the window's hashes, offsets and values. */
const sideHashes: usize = 8
const sideOffsets: usize = 12
const sideValues: usize = 16
/** What makes an offset an address: their sum, modulo 2^32. */
const sideArena: usize = 20
const right: usize = 24
/** The same for the result, then how many keys it has in the window, and the offset behind its last key. */
const outHashes: usize = 48
const outOffsets: usize = 52
const outValues: usize = 56
const outArena: usize = 60
const outCount: usize = 64
const outUsed: usize = 68

const mostExact: f64 = 9007199254740991

/** Merge keys until a side has none left. False if a sum would not be exact: that of the two keys which are next then. */
export function mergeGroups(): bool {
  const columns = load<u32>(groupHeader + columnCount) as usize
  const stride: usize = ((columns << 2) + 1) << 3
  const leftEnd = load<u32>(mergeHeader + keyEnd)
  const rightEnd = load<u32>(mergeHeader + right + keyEnd)
  const leftOffsets = load<u32>(mergeHeader + sideOffsets) as usize
  const rightOffsets = load<u32>(mergeHeader + right + sideOffsets) as usize
  const leftArena = load<u32>(mergeHeader + sideArena)
  const rightArena = load<u32>(mergeHeader + right + sideArena)
  const leftHashes = load<u32>(mergeHeader + sideHashes) as usize
  const rightHashes = load<u32>(mergeHeader + right + sideHashes) as usize
  const leftValues = load<u32>(mergeHeader + sideValues) as usize
  const rightValues = load<u32>(mergeHeader + right + sideValues) as usize
  const hashes = load<u32>(mergeHeader + outHashes) as usize
  const offsets = load<u32>(mergeHeader + outOffsets) as usize
  const arena = load<u32>(mergeHeader + outArena)
  let values = load<u32>(mergeHeader + outValues) as usize
  let used = load<u32>(mergeHeader + outUsed)
  let l = load<u32>(mergeHeader + keyAt)
  let r = load<u32>(mergeHeader + right + keyAt)
  let count: u32 = 0
  let isExact = true
  while (l < leftEnd && r < rightEnd) {
    const a = load<u32>(leftOffsets + ((l as usize) << 2))
    const aLength = load<u32>(leftOffsets + ((l as usize) << 2), 4) - a
    const b = load<u32>(rightOffsets + ((r as usize) << 2))
    const bLength = load<u32>(rightOffsets + ((r as usize) << 2), 4) - b
    const order = compareKeys((leftArena + a) as usize, aLength, (rightArena + b) as usize, bLength)
    let hash: u32
    let length: u32
    if (order <= 0) {
      const from = leftValues + (l as usize) * stride
      copyValues(values, from, stride)
      if (order === 0) {
        if (!addGroup(values, rightValues + (r as usize) * stride, columns)) {
          isExact = false
          break
        }
        r++
      }
      hash = load<u32>(leftHashes + ((l as usize) << 2))
      length = aLength
      copyKey((arena + used) as usize, (leftArena + a) as usize, length)
      l++
    } else {
      copyValues(values, rightValues + (r as usize) * stride, stride)
      hash = load<u32>(rightHashes + ((r as usize) << 2))
      length = bLength
      copyKey((arena + used) as usize, (rightArena + b) as usize, length)
      r++
    }
    used += length
    values += stride
    store<u32>(hashes + ((count as usize) << 2), hash)
    count++
    store<u32>(offsets + ((count as usize) << 2), used)
  }
  store<u32>(mergeHeader + keyAt, l)
  store<u32>(mergeHeader + right + keyAt, r)
  store<u32>(mergeHeader + outCount, count)
  store<u32>(mergeHeader + outUsed, used)
  return isExact
}

/** Negative if the key at `a` comes first, 0 if both are the same. Up to 16 bytes behind the keys are read. */
function compareKeys(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const least = min(aLength, bLength)
  for (let i: u32 = 0; i < least; i += 16) {
    const other = i8x16.bitmask(i8x16.ne(v128.load(a + i), v128.load(b + i))) as u32
    if (other === 0) continue
    const at = i + ctz(other)
    if (at >= least) break
    return (load<u8>(a + at) as i32) - (load<u8>(b + at) as i32)
  }
  return aLength < bLength ? -1 : aLength > bLength ? 1 : 0
}

/** Up to 16 bytes behind both are read and written. */
function copyKey(to: usize, from: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i))
}

function copyValues(to: usize, from: usize, byteLength: usize): void {
  let at: usize = 0
  for (; at + 16 <= byteLength; at += 16) v128.store(to + at, v128.load(from + at))
  store<f64>(to + at, load<f64>(from + at))
}

/** Add the values of one key to those of another. False if a sum would not be exact. */
function addGroup(to: usize, from: usize, columns: usize): bool {
  store<f64>(to, load<f64>(to) + load<f64>(from))
  for (let column: usize = 0; column < columns; column++, to += 32, from += 32) {
    const sum = load<f64>(to, 16) + load<f64>(from, 16)
    if (load<u8>(columnTypes + column) === 0 && abs(sum) > mostExact) return false
    store<f64>(to, load<f64>(to, 8) + load<f64>(from, 8), 8)
    store<f64>(to, sum, 16)
    store<f64>(to, min(load<f64>(to, 24), load<f64>(from, 24)), 24)
    store<f64>(to, max(load<f64>(to, 32), load<f64>(from, 32)), 32)
  }
  return true
}
