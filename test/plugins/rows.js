// A plugin over rows of columns.

import { concat, definePlugin, fixed } from '@onecopy/core'

export const rowTexts = definePlugin(import.meta.url, {
  name: 'row-texts',
  chunks: fixed({ size: 3 }),
  /** @param {import('@onecopy/core').Rows<{ n: import('@onecopy/core').Column<number>, text: import('@onecopy/core').Column<string | null> }>} rows */
  map: ({ columns: { n, text }, length }) => Array.from({ length }, (_, row) => `${n.at(row)} ${text.at(row)}`),
  reduce: concat(),
})
