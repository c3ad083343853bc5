// Where the cells of a map stand: row by row, or along a Hilbert curve.

import { hilbertIndex, hilbertOrder, hilbertPoint } from './hilbert.js'

/** A layout of numbered cells in a rectangle. */
export interface MapLayout {
  readonly columns: number
  readonly rows: number
  /** The place of a cell. */
  placeOf(index: number): [x: number, y: number]
  /** The cell at a place. It may be past the last cell. */
  indexAt(x: number, y: number): number
}

/** Row by row, from left to right. */
export function rowLayout(cells: number, columns: number): MapLayout {
  return {
    columns,
    rows: Math.max(1, Math.ceil(cells / columns)),
    placeOf: (index) => [index % columns, Math.floor(index / columns)],
    indexAt: (x, y) => y * columns + x,
  }
}

/** Along the Hilbert curve, in a square. */
export function hilbertLayout(cells: number): MapLayout {
  const order = hilbertOrder(cells)
  const side = 2 ** order
  return {
    columns: side,
    rows: side,
    placeOf: (index) => hilbertPoint(order, index),
    indexAt: (x, y) => hilbertIndex(order, x, y),
  }
}
