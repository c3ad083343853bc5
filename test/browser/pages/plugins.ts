// A plugin and module functions, which workers import by the URL of this module.

import { definePlugin, fixed, sum } from '@onecopy/web'

export const zeros = definePlugin(import.meta.url, {
  name: 'zeros',
  chunks: fixed({ size: 4096 }),
  map: (bytes) => bytes.reduce((n, byte) => n + (byte === 0 ? 1 : 0), 0),
  reduce: sum(),
})

export function countZeros(bytes: Readonly<Uint8Array>): number {
  return bytes.reduce((n, byte) => n + (byte === 0 ? 1 : 0), 0)
}

/** Longer than any kernel's text, and merged by a reducer of the plugin's own. */
export const bounds = definePlugin(import.meta.url, {
  name: 'bounds',
  chunks: fixed({ size: 1000 }),
  map: (_bytes, { start, end }) => [start, end] as const,
  reduce: (left, right) => [Math.min(left[0], right[0]), Math.max(left[1], right[1])] as const,
})
