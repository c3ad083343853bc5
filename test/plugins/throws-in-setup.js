// A plugin whose setup throws.

import { definePlugin } from '@onecopy/node'

export const throwsInSetup = definePlugin(import.meta.url, {
  name: 'throws-in-setup',
  setup() {
    throw new Error('not set up')
  },
  map: (bytes) => bytes.length,
})
