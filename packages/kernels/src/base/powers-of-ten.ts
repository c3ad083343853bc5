// The powers of ten that are exact as doubles.

/** From 10^0 to 10^22. Read from text, because `**` need not give the nearest double. */
export const powersOfTen: readonly number[] = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
