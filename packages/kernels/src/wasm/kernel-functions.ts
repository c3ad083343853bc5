// The exports of the WebAssembly module, as types. The sources in assembly/ describe what each does.

import type { WasmMemory } from '../base/runtime.js'

/** Kinds of elements whose values are numbers. */
export type NumberKind = 'Int8' | 'Uint8' | 'Int16' | 'Uint16' | 'Int32' | 'Uint32' | 'Float32' | 'Float64'

/** Kinds of elements whose values are bigints. */
export type BigIntKind = 'BigInt64' | 'BigUint64'

interface WasmGlobal {
  readonly value: number
}

/** Addresses are unsigned, but WebAssembly returns them as signed numbers: apply `>>> 0` to a returned address. */
export type KernelExports = {
  readonly memory: WasmMemory
  readonly results: WasmGlobal
  readonly pattern: WasmGlobal
  readonly patternCapacity: WasmGlobal
  readonly offsets: WasmGlobal
  readonly offsetsCapacity: WasmGlobal
  readonly window: WasmGlobal
  readonly slack: WasmGlobal
  readonly manyHeader: WasmGlobal
  findMany(start: number, from: number, to: number, isListed: boolean): number
  readonly groupHeader: WasmGlobal
  readonly fieldKinds: WasmGlobal
  readonly columnTypes: WasmGlobal
  readonly columnDigits: WasmGlobal
  readonly powersOfTen: WasmGlobal
  readonly rowWindow: WasmGlobal
  groupRows(start: number, end: number): number
  readonly mergeHeader: WasmGlobal
  mergeGroups(): number
  groupFind(key: number, byteLength: number): number
  sumExactFloat64(start: number, count: number): number
  countByte(start: number, byteLength: number, byte: number): number
  countWordEnds(start: number, byteLength: number): number
  byteHistogram(start: number, byteLength: number): number
  findBytes(
    start: number,
    places: number,
    from: number,
    patternLength: number,
    first: number,
    second: number,
    base: number,
    most: number,
  ): number
} & {
  readonly [Kind in NumberKind | BigIntKind as `minMax${Kind}`]: (start: number, count: number) => void
} & {
  readonly [Kind in NumberKind as `sum${Kind}`]: (start: number, count: number) => number
} & {
  readonly [Kind in BigIntKind as `sum${Kind}`]: (start: number, count: number) => void
}
