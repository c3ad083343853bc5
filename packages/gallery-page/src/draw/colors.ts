// The colours of pictures. They can be told apart on a light and on a dark page.

/** A colour as red, green and blue, each 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number]

/** From one value (padding) over text and machine code to random bytes. */
const entropyStops: readonly (readonly [bits: number, color: Color])[] = [
  [0, [20, 28, 90]],
  [2, [28, 90, 190]],
  [4, [30, 160, 150]],
  [5, [90, 190, 70]],
  [6.2, [235, 205, 60]],
  [7.2, [240, 130, 40]],
  [8, [205, 30, 40]],
]

/** The colour of an entropy, from 0 to 8 bits per byte. */
export function entropyColor(bits: number): Color {
  const upper = Math.max(
    1,
    entropyStops.findIndex(([stop]) => stop >= bits),
  )
  const [from, low] = entropyStops[upper - 1]!
  const [to, high] = entropyStops[upper]!
  const part = Math.min(1, Math.max(0, (bits - from) / (to - from)))
  const mixed = (i: 0 | 1 | 2): number => Math.round(low[i] + (high[i] - low[i]) * part)
  return [mixed(0), mixed(1), mixed(2)]
}

/** A colour as CSS writes it. */
export function cssColor([red, green, blue]: Color): string {
  return `rgb(${red} ${green} ${blue})`
}

const workerColors: readonly Color[] = [
  [47, 126, 216],
  [224, 118, 43],
  [47, 163, 107],
  [176, 79, 192],
  [201, 162, 39],
  [24, 163, 184],
  [214, 69, 93],
  [122, 111, 240],
]

/** The colour of a worker, by its number from 0. With more than eight workers, colours repeat. */
export function workerColor(worker: number): Color {
  return workerColors[worker % workerColors.length]!
}

/** The classes of bytes, each with its colour and name. */
export const byteClasses: readonly { readonly name: string; readonly color: string; has(value: number): boolean }[] = [
  { name: 'letters', color: '#2f7ed8', has: (value) => isLetter(value) },
  { name: 'digits', color: '#2fa36b', has: (value) => value >= 0x30 && value <= 0x39 },
  { name: 'control and space', color: '#8a94a0', has: (value) => value <= 0x20 || value === 0x7f },
  { name: 'punctuation', color: '#e0762b', has: (value) => value < 0x7f },
  { name: '0x80 and above', color: '#b04fc0', has: () => true },
]

function isLetter(value: number): boolean {
  const lower = value | 0x20
  return value < 0x80 && lower >= 0x61 && lower <= 0x7a
}

/** The class of a byte. */
export function byteClassOf(value: number): (typeof byteClasses)[number] {
  return byteClasses.find((each) => each.has(value))!
}
