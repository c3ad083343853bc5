// Finds many patterns at once. Each pattern has a window of up to four of its bytes, the rarest ones. At every place the window's
// hash is looked up. Where it is there, the whole patterns are compared.
//
// For few patterns, a place is looked up only if its bytes pass tables of half bytes, sixteen places at once. This is the idea of
// Teddy, by Geoffrey Langdale, in Hyperscan; Rust's aho-corasick describes it well.

import { offsets, offsetsCapacity } from './layout'

/** The header: 32-bit words, each at one of the offsets below. JavaScript writes it and the tables that it names. */
export const manyHeader: usize = 0x3800
/** Which of the four bytes at a place belong to the window. */
const wordMask: usize = 0
/** Address of the tables of half bytes, 16 bytes each: lower and upper half of the first byte, of the second, … 0: do not use them. */
const halves: usize = 4
/** Address of the filter: a byte per hash, 1 if a window has it, else 0. */
const filter: usize = 8
/** How far a product is shifted to become a hash of the filter. */
const filterShift: usize = 12
/** Address of the buckets: where in the entries each begins; 32-bit words. */
const buckets: usize = 16
const bucketShift: usize = 20
/** Address of the entries, 20 bytes each: word, offset of the window in the pattern, number, address and length of the pattern. */
const entries: usize = 24
/** Address of the counts: a 32-bit word per pattern. */
const counts: usize = 28
/** A match may start at the first so many bytes. */
const owned: usize = 32
/** So many bytes are there. */
const available: usize = 36
/** Result: how many matches are in the list of matches. */
const found: usize = 40
/** Result: 1 if comparing took too long, and the search ended before `to`. */
const hasGivenUp: usize = 44

/** Which two bytes of the window are looked at first. */
const firstByte: usize = 48
const secondByte: usize = 52

/** Comparisons allowed in addition to those per place. */
const freeWork: usize = 65536
const workPerPlace: usize = 8
/** How many matches the list has room for: 32-bit words, where a match starts and the number of its pattern. */
const room: u32 = offsetsCapacity as u32

/**
 * Find matches whose windows are at the places `[from, to)` behind `start`: count them, and with `isListed` list them.
 *
 * Returns the place at which to continue, or `to`.
 */
export function findMany(start: usize, from: usize, to: usize, isListed: bool): usize {
  const mask = load<u32>(manyHeader + wordMask)
  const hashes = load<u32>(manyHeader + filter) as usize
  const shift = load<u32>(manyHeader + filterShift)
  const tables = load<u32>(manyHeader + halves) as usize
  const starts = load<u32>(manyHeader + buckets) as usize
  const startShift = load<u32>(manyHeader + bucketShift)
  const list = load<u32>(manyHeader + entries) as usize
  store<u32>(manyHeader + found, 0)
  store<u32>(manyHeader + hasGivenUp, 0)
  let work: usize = 0
  let matches: u32 = 0
  let at = from
  while (at < to) {
    let places: u32
    if (tables !== 0) {
      at = skipHalves(start, at, to, tables)
      if (at >= to) break
      places = passing
    } else {
      places = passFilter(start + at, mask, hashes, shift)
    }
    if (to - at < 16) places &= ((1 as u32) << ((to - at) as u32)) - 1
    for (; places !== 0; places &= places - 1) {
      const place = at + (ctz(places) as usize)
      const word = load<u32>(start + place) & mask
      const product = word * 0x9e3779b1
      if (tables !== 0 && load<u8>(hashes + ((product >> shift) as usize)) === 0) continue
      const bucket = starts + (((product >> startShift) as usize) << 2)
      let entry = load<u32>(bucket)
      const end = load<u32>(bucket, 4)
      if (isListed && matches + (end - entry) > room) {
        store<u32>(manyHeader + found, matches)
        return place
      }
      for (; entry < end; entry++) {
        const record = list + (entry as usize) * 20
        work++
        if (load<u32>(record) !== word) continue
        const before = load<u32>(record, 4) as usize
        const length = load<u32>(record, 16) as usize
        if (place < before || place - before >= (load<u32>(manyHeader + owned) as usize)) continue
        const match = place - before
        if (match + length > (load<u32>(manyHeader + available) as usize)) continue
        work += length >> 4
        if (!isThere(start + match, load<u32>(record, 12) as usize, length)) continue
        const number = load<u32>(record, 8)
        const count = (load<u32>(manyHeader + counts) as usize) + ((number as usize) << 2)
        store<u32>(count, load<u32>(count) + 1)
        if (!isListed) continue
        const item = offsets + ((matches as usize) << 3)
        store<u32>(item, match as u32)
        store<u32>(item, number, 4)
        matches++
      }
      if (work > freeWork + (place - from) * workPerPlace) {
        store<u32>(manyHeader + found, matches)
        store<u32>(manyHeader + hasGivenUp, 1)
        return place + 1
      }
    }
    at += 16
  }
  store<u32>(manyHeader + found, matches)
  return to
}

/** One bit for each of the sixteen places where `skipHalves` ended: whether it passes the tables of half bytes. */
let passing: u32 = 0

/**
 * The first block of places, from `at` on, with a place that passes the tables of half bytes. First the tables of two bytes of the
 * window are used, those that fewest places pass; and the others only where a place has passed these.
 */
function skipHalves(start: usize, at: usize, to: usize, tables: usize): usize {
  const first = load<u32>(manyHeader + firstByte) as usize
  const second = load<u32>(manyHeader + secondByte) as usize
  const lowA = v128.load(tables + (first << 5))
  const highA = v128.load(tables + (first << 5), 16)
  const lowB = v128.load(tables + (second << 5))
  const highB = v128.load(tables + (second << 5), 16)
  const half = i8x16.splat(0x0f)
  while (at < to) {
    const here = start + at + first
    const there = start + at + second
    const a0 = v128.load(here)
    const b0 = v128.load(there)
    const a1 = v128.load(here, 16)
    const b1 = v128.load(there, 16)
    const pass0 = v128.and(
      v128.and(i8x16.swizzle(lowA, v128.and(a0, half)), i8x16.swizzle(highA, i8x16.shr_u(a0, 4))),
      v128.and(i8x16.swizzle(lowB, v128.and(b0, half)), i8x16.swizzle(highB, i8x16.shr_u(b0, 4))),
    )
    const pass1 = v128.and(
      v128.and(i8x16.swizzle(lowA, v128.and(a1, half)), i8x16.swizzle(highA, i8x16.shr_u(a1, 4))),
      v128.and(i8x16.swizzle(lowB, v128.and(b1, half)), i8x16.swizzle(highB, i8x16.shr_u(b1, 4))),
    )
    if (v128.any_true(v128.or(pass0, pass1))) {
      if (v128.any_true(pass0)) {
        passing = passHalves(start + at, tables)
        if (passing !== 0) return at
      }
      if (v128.any_true(pass1)) {
        passing = passHalves(start + at + 16, tables)
        if (passing !== 0) return at + 16
      }
    }
    at += 32
  }
  return at
}

/** One bit for each of sixteen places: whether it passes the tables of half bytes. */
function passHalves(place: usize, tables: usize): u32 {
  const half = i8x16.splat(0x0f)
  let pass = i8x16.splat(-1)
  for (let i: usize = 0; i < 4; i++, tables += 32) {
    const bytes = v128.load(place + i)
    const low = i8x16.swizzle(v128.load(tables), v128.and(bytes, half))
    const high = i8x16.swizzle(v128.load(tables, 16), i8x16.shr_u(bytes, 4))
    pass = v128.and(pass, v128.and(low, high))
  }
  return (i8x16.bitmask(i8x16.eq(pass, i8x16.splat(0))) as u32) ^ 0xffff
}

/** One bit for each of sixteen places: whether the filter has its hash. */
function passFilter(place: usize, mask: u32, hashes: usize, shift: u32): u32 {
  let places: u32 = 0
  for (let i: u32 = 0; i < 16; i += 4, place += 4) {
    const a = load<u8>(hashes + ((((load<u32>(place) & mask) * 0x9e3779b1) >> shift) as usize)) as u32
    const b = load<u8>(hashes + ((((load<u32>(place, 1) & mask) * 0x9e3779b1) >> shift) as usize)) as u32
    const c = load<u8>(hashes + ((((load<u32>(place, 2) & mask) * 0x9e3779b1) >> shift) as usize)) as u32
    const d = load<u8>(hashes + ((((load<u32>(place, 3) & mask) * 0x9e3779b1) >> shift) as usize)) as u32
    places |= (a | (b << 1) | (c << 2) | (d << 3)) << i
  }
  return places
}

function isThere(here: usize, pattern: usize, length: usize): bool {
  for (; length >= 16; length -= 16, here += 16, pattern += 16) {
    if (v128.any_true(v128.xor(v128.load(here), v128.load(pattern)))) return false
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(here), v128.load(pattern)))
  return ((equal ^ 0xffff) & (((1 as i32) << (length as i32)) - 1)) === 0
}
