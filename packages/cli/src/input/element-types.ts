// The element types of an input, by their names on the command line.

import type { TypedArrayConstructor } from '@onecopy/core'
import type { TypedArray } from '@onecopy/node'

/**
 * Element types by the names for `--type`: `i` for signed integers, `u` for unsigned ones, `f` for floating point, then the
 * bits.
 */
export const elementTypes: Readonly<Record<string, TypedArrayConstructor<TypedArray>>> = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
}

/** The options about inputs. */
export interface InputWishes {
  /** The element type; default bytes. */
  readonly type: string | undefined
  /** Bytes of the header; default 0. */
  readonly offset: number | undefined
  /** The encoding of text, which is decoded to UTF-8; undefined: bytes are read as they are. */
  readonly encoding: string | undefined
  /** Whether compressed inputs are decompressed. */
  readonly isDecompressed: boolean
  /** The folder for relative paths: the working folder at the time when the command was called. */
  readonly folder: string
}

/**
 * The typed array that `type` names.
 *
 * The type says bytes. Only the plugin knows which data it takes, and the engine can cut data of any kind.
 */
export function elementsOf({ type = 'u8' }: InputWishes): TypedArrayConstructor<Uint8Array> {
  // `as`: see above; the command line accepts only the names above.
  return elementTypes[type] as TypedArrayConstructor as TypedArrayConstructor<Uint8Array>
}
