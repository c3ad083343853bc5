// A reducer for counts: integers add up to the same in any order, so each lane folds all of its own.

import { type Reducer, sum } from '@onecopy/core'

export const exactCounts: Reducer<number, number> = { ...sum(), order: 'any' }
