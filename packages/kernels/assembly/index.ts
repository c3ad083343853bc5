// The exports of the module: every kernel, for every kind of element.

import { minMax } from './min-max'
import { sumFloats, sumHalves, sumNarrow, sumWide } from './sum'

export { countByte } from './count'
export { findBytes } from './find'
export { findMany, manyHeader } from './find-many'
export { groupFind, groupRows } from './group'
export {
  columnDigits,
  columnTypes,
  fieldKinds,
  groupHeader,
  powersOfTen,
  rowWindow,
} from './group-layout'
export { mergeGroups, mergeHeader } from './group-merge'
export { byteHistogram } from './histogram'
export { offsets, offsetsCapacity, pattern, patternCapacity, results, slack, window } from './layout'
export { sumExactFloat64 } from './sum-exact'
export { countWordEnds } from './words'

export function minMaxInt8(start: usize, count: usize): void {
  minMax<i8>(start, count)
}
export function minMaxUint8(start: usize, count: usize): void {
  minMax<u8>(start, count)
}
export function minMaxInt16(start: usize, count: usize): void {
  minMax<i16>(start, count)
}
export function minMaxUint16(start: usize, count: usize): void {
  minMax<u16>(start, count)
}
export function minMaxInt32(start: usize, count: usize): void {
  minMax<i32>(start, count)
}
export function minMaxUint32(start: usize, count: usize): void {
  minMax<u32>(start, count)
}
export function minMaxFloat32(start: usize, count: usize): void {
  minMax<f32>(start, count)
}
export function minMaxFloat64(start: usize, count: usize): void {
  minMax<f64>(start, count)
}
export function minMaxBigInt64(start: usize, count: usize): void {
  minMax<i64>(start, count)
}
export function minMaxBigUint64(start: usize, count: usize): void {
  minMax<u64>(start, count)
}

// These return the double nearest to the exact sum. Up to 2^53 that is the sum itself.
export function sumInt8(start: usize, count: usize): f64 {
  return sumNarrow<i8>(start, count) as f64
}
export function sumUint8(start: usize, count: usize): f64 {
  return sumNarrow<u8>(start, count) as f64
}
export function sumInt16(start: usize, count: usize): f64 {
  return sumNarrow<i16>(start, count) as f64
}
export function sumUint16(start: usize, count: usize): f64 {
  return sumNarrow<u16>(start, count) as f64
}
export function sumInt32(start: usize, count: usize): f64 {
  return sumWide<i32>(start, count) as f64
}
export function sumUint32(start: usize, count: usize): f64 {
  return sumWide<u32>(start, count) as f64
}
export function sumFloat32(start: usize, count: usize): f64 {
  return sumFloats<f32>(start, count)
}
export function sumFloat64(start: usize, count: usize): f64 {
  return sumFloats<f64>(start, count)
}
export function sumBigInt64(start: usize, count: usize): void {
  sumHalves(start, count, 0x8000000000000000)
}
export function sumBigUint64(start: usize, count: usize): void {
  sumHalves(start, count, 0)
}
