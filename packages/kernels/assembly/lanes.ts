// Sums across the lanes of a vector.

/** `total`, four sums of 32 bits, with the sixteen unsigned bytes of `bytes` added to them. */
export function addBytes(total: v128, bytes: v128): v128 {
  return i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)))
}

/** The sum of four unsigned lanes of 32 bits, modulo 2^32. */
export function total32(sums: v128): u32 {
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  )
}
