// Groups rows by a key: reads their fields, finds each key in a hash table with open addressing, and adds up the columns.
//
// The table has the same parts as a table in JavaScript (src/group/table.ts), and the same hash.

import {
  allRead,
  arenaAt,
  arenaRoom,
  columnCount,
  columnDigits,
  columnTypes,
  fieldKinds,
  groupHeader,
  hashesAt,
  keyCount,
  keyField,
  keyRoom,
  lastField,
  malformedCount,
  offsetsAt,
  reason,
  rowLeft,
  rowValues,
  separatorByte,
  slotMask,
  slotsAt,
  tableFull,
  valuesAt,
} from './group-layout'
import { notANumber, numberEnd, readNumber, tooLong } from './group-number'
import { arePairs, pairEnd, pairKeyLength, pairValue, readPair } from './group-pair'

const lineFeed: u8 = 10
const carriageReturn: u8 = 13
const noRoom: u32 = 0xffffffff
/** Sums of integers and decimals are exact up to here. */
const mostExact: f64 = 9007199254740991

/**
 * Add the rows in `[start, end)` to the table. Each row ends with a line feed, the last one too.
 *
 * Returns the address of the first row that was not added, or `end`. The header says why.
 */
export function groupRows(start: usize, end: usize): usize {
  const separator = load<u8>(groupHeader + separatorByte)
  const separators = i8x16.splat(separator as i8)
  const feeds = i8x16.splat(lineFeed as i8)
  const last = load<u32>(groupHeader + lastField) as usize
  const columns = load<u32>(groupHeader + columnCount) as usize
  const stride: usize = ((columns << 2) + 1) << 3
  const values = load<u32>(groupHeader + valuesAt) as usize
  const isPaired = arePairs()
  const digits = load<u8>(columnDigits) as u32
  let malformed: u32 = 0
  let why = allRead
  let at = start
  while (at < end) {
    if (isPaired && readPair(at, separators, feeds, digits)) {
      const number = groupFind(at, pairKeyLength)
      // If there is no room, or the sum is not exact, the row is read again below.
      if (number !== noRoom && addPair(values + (number as usize) * stride, pairValue)) {
        at = pairEnd
        continue
      }
    }
    const row = at
    let key: usize = 0
    let keyLength: usize = 0
    let isRow = !isEmpty(at)
    for (let field: usize = 0; isRow; field++) {
      const kind = load<u8>(fieldKinds + field) as u32
      if (kind === 0 || kind === keyField) {
        const from = at
        at = fieldEnd(at, separators, feeds)
        if (kind === keyField) {
          key = from
          keyLength = at - from
          if (load<u8>(at) === lineFeed && keyLength > 0 && load<u8>(at - 1) === carriageReturn) keyLength--
        }
      } else {
        const result = readNumber(at, (kind - 1) as usize)
        at = numberEnd
        if (load<u8>(at) === carriageReturn && load<u8>(at, 1) === lineFeed) at++
        const behind = load<u8>(at)
        if (result === notANumber || (behind !== separator && behind !== lineFeed)) {
          isRow = false
          break
        }
        if (result === tooLong) {
          why = rowLeft
          break
        }
      }
      if (field === last) break
      if (load<u8>(at) === lineFeed) isRow = false
      else at++
    }
    if (why !== allRead) {
      at = row
      break
    }
    at = lineEnd(at, feeds) + 1
    if (!isRow) {
      malformed++
      continue
    }
    const number = groupFind(key, keyLength)
    if (number === noRoom) {
      why = tableFull
      at = row
      break
    }
    const place = values + (number as usize) * stride
    if (!addRow(place, columns)) {
      why = rowLeft
      at = row
      break
    }
  }
  store<u32>(groupHeader + malformedCount, load<u32>(groupHeader + malformedCount) + malformed)
  store<u32>(groupHeader + reason, why)
  return at
}

/** Add one value to those of a key that has one column. False, and nothing is added, if the sum would not be exact. */
function addPair(place: usize, value: f64): bool {
  const sum = load<f64>(place, 16) + value
  if (abs(sum) > mostExact) return false
  store<f64>(place, load<f64>(place) + 1)
  store<f64>(place, load<f64>(place, 8) + 1, 8)
  store<f64>(place, sum, 16)
  // Not `min` and `max`, because they take longer, and there are no NaN and no -0 here.
  if (value < load<f64>(place, 24)) store<f64>(place, value, 24)
  if (value > load<f64>(place, 32)) store<f64>(place, value, 32)
  return true
}

/** Add the row's values to those of a key. False, and nothing is added, if a sum would not be exact. */
function addRow(place: usize, columns: usize): bool {
  for (let column: usize = 0; column < columns; column++) {
    if (load<u8>(columnTypes + column) === 1) continue
    const sum = load<f64>(place + (column << 5), 16) + load<f64>(rowValues + (column << 3))
    if (abs(sum) > mostExact) return false
  }
  store<f64>(place, load<f64>(place) + 1)
  for (let column: usize = 0; column < columns; column++) {
    const value = load<f64>(rowValues + (column << 3))
    const at = place + (column << 5)
    store<f64>(at, load<f64>(at, 8) + 1, 8)
    store<f64>(at, load<f64>(at, 16) + value, 16)
    store<f64>(at, min(load<f64>(at, 24), value), 24)
    store<f64>(at, max(load<f64>(at, 32), value), 32)
  }
  return true
}

/** The number of the key in `[key, key + length)`, which may be new; 0xffffffff if the table has no room for it. */
export function groupFind(key: usize, length: usize): u32 {
  const hash = hashOf(key, length)
  const slots = load<u32>(groupHeader + slotsAt) as usize
  const mask = load<u32>(groupHeader + slotMask)
  let slot = hash & mask
  let entry = slots + ((slot as usize) << 3)
  for (let found = load<u32>(entry, 4); found !== 0; found = load<u32>(entry, 4)) {
    if (load<u32>(entry) === hash && isKey(found - 1, key, length)) return found - 1
    slot = (slot + 1) & mask
    entry = slots + ((slot as usize) << 3)
  }
  const number = load<u32>(groupHeader + keyCount)
  const offsets = load<u32>(groupHeader + offsetsAt) as usize
  const used = load<u32>(offsets + ((number as usize) << 2)) as usize
  if (number === load<u32>(groupHeader + keyRoom)) return noRoom
  if (used + length > (load<u32>(groupHeader + arenaRoom) as usize)) return noRoom
  store<u32>(entry, hash)
  store<u32>(entry, number + 1, 4)
  memory.copy((load<u32>(groupHeader + arenaAt) as usize) + used, key, length)
  store<u32>(offsets + ((number as usize) << 2), (used + length) as u32, 4)
  store<u32>((load<u32>(groupHeader + hashesAt) as usize) + ((number as usize) << 2), hash)
  store<u32>(groupHeader + keyCount, number + 1)
  const columns = load<u32>(groupHeader + columnCount) as usize
  let place = (load<u32>(groupHeader + valuesAt) as usize) + (number as usize) * (((columns << 2) + 1) << 3)
  store<f64>(place, 0)
  for (let column: usize = 0; column < columns; column++, place += 32) {
    store<f64>(place, 0, 8)
    // -0, because adding it changes no number.
    store<f64>(place, -0.0, 16)
    store<f64>(place, Infinity, 24)
    store<f64>(place, -Infinity, 32)
  }
  return number
}

function isKey(number: u32, key: usize, length: usize): bool {
  const offsets = (load<u32>(groupHeader + offsetsAt) as usize) + ((number as usize) << 2)
  const from = load<u32>(offsets) as usize
  if ((load<u32>(offsets, 4) as usize) - from !== length) return false
  let known = (load<u32>(groupHeader + arenaAt) as usize) + from
  let left = length
  for (; left >= 16; left -= 16, known += 16, key += 16) {
    if (v128.any_true(v128.xor(v128.load(known), v128.load(key)))) return false
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(known), v128.load(key)))
  return ((equal ^ 0xffff) & (((1 as i32) << (left as i32)) - 1)) === 0
}

/** The hash of a key: over words of four bytes, the last one filled up with zeros. src/group/hash.ts computes the same. */
function hashOf(key: usize, length: usize): u32 {
  let hash = length as u32
  let left = length
  for (; left >= 4; left -= 4, key += 4) hash = (rotl<u32>(hash, 5) ^ load<u32>(key)) * 0x9e3779b1
  if (left > 0) {
    const word = load<u32>(key) & (((1 as u32) << ((left << 3) as u32)) - 1)
    hash = (rotl<u32>(hash, 5) ^ word) * 0x9e3779b1
  }
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35
  return hash ^ (hash >> 16)
}

function isEmpty(at: usize): bool {
  const first = load<u8>(at)
  return first === lineFeed || (first === carriageReturn && load<u8>(at, 1) === lineFeed)
}

/** Where the first separator or line feed is, from `at` on. */
function fieldEnd(at: usize, separators: v128, feeds: v128): usize {
  let bits = endsAt(at, separators, feeds)
  while (bits === 0) {
    at += 16
    bits = endsAt(at, separators, feeds)
  }
  return at + (ctz(bits) as usize)
}

/** Where the first line feed is, from `at` on. */
function lineEnd(at: usize, feeds: v128): usize {
  return load<u8>(at) === lineFeed ? at : fieldEnd(at, feeds, feeds)
}

/** One bit for each of sixteen bytes: whether it is a separator or a line feed. */
function endsAt(at: usize, separators: v128, feeds: v128): i32 {
  const bytes = v128.load(at)
  return i8x16.bitmask(v128.or(i8x16.eq(bytes, separators), i8x16.eq(bytes, feeds)))
}
