// The Hilbert curve: a way through a square on which neighbours stay neighbours. So a section of a file is one patch.
//
// The method is the one of the Wikipedia article "Hilbert curve", with loops over the bits of the coordinates.

/** The smallest order whose square of side `2^order` has room for `cells`; at least 1. */
export function hilbertOrder(cells: number): number {
  let order = 1
  while (4 ** order < cells) order++
  return order
}

/**
 * The place of a cell in the square.
 *
 * @param order - the square's side is `2^order`
 * @param index - 0 <= index < 4^order
 * @returns `[x, y]`
 */
export function hilbertPoint(order: number, index: number): [x: number, y: number] {
  let x = 0
  let y = 0
  let rest = index
  for (let side = 1; side < 2 ** order; side *= 2) {
    const right = 1 & (rest >> 1)
    const up = 1 & (rest ^ right)
    ;[x, y] = turned(side, x, y, right, up)
    x += side * right
    y += side * up
    rest >>= 2
  }
  return [x, y]
}

/** The cell at a place of the square: the inverse of {@link hilbertPoint}. */
export function hilbertIndex(order: number, x: number, y: number): number {
  let index = 0
  const whole = 2 ** order
  for (let side = whole / 2; side >= 1; side /= 2) {
    const right = (x & side) > 0 ? 1 : 0
    const up = (y & side) > 0 ? 1 : 0
    index += side * side * ((3 * right) ^ up)
    ;[x, y] = turned(whole, x, y, right, up)
  }
  return index
}

/** Turn a quadrant, so that the way through it ends where the next one begins. */
function turned(side: number, x: number, y: number, right: number, up: number): [x: number, y: number] {
  if (up === 1) return [x, y]
  return right === 1 ? [side - 1 - y, side - 1 - x] : [y, x]
}
