// A reducer for counts. Integers give the same sum in any order, so each lane adds up all its chunks.

import { type Reducer, sum } from '@onecopy/core'

export const exactCounts: Reducer<number, number> = { ...sum(), order: 'any' }
