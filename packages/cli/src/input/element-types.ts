// The kinds of elements that an input may be made of, as the command line names them.

import type { TypedArrayConstructor } from '@onecopy/core'
import type { TypedArray } from '@onecopy/node'

/** By the names of `--type`: i for integers, u for those without a sign, f for floating point, and the bits. */
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

/** What the command line says of the inputs. */
export interface InputWishes {
  /** The kind of elements; default bytes. */
  readonly type: string | undefined
  /** Bytes of a header; default 0. */
  readonly offset: number | undefined
  /** The folder that relative paths start at: the working folder when the command was called. */
  readonly folder: string
}

/**
 * What makes the elements that `type` names.
 *
 * Said to be bytes: of what a plugin takes, only the plugin knows, and the engine cuts data of any kind.
 */
export function elementsOf({ type = 'u8' }: InputWishes): TypedArrayConstructor<Uint8Array> {
  // `as`: see above, and the command line takes the names above only.
  return elementTypes[type] as TypedArrayConstructor as TypedArrayConstructor<Uint8Array>
}
