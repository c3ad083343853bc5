/**
 * For tests: the law checker. It needs fast-check, which no other part of this package needs.
 *
 * @module
 * @example
 * import { checkPlugin } from '@onecopy/core/testing'
 *
 * test('wordCount keeps the laws', () => checkPlugin(wordCount, { data: 'some words\nand more\n' }))
 */

export type { CheckArguments, CheckOptions, Sample } from './testing/check-options.js'
export { checkPlugin, findBrokenLaws } from './testing/check-plugin.js'
export { type LawId, lawIds } from './testing/laws.js'
export {
  BrokenLawsError,
  type CheckReport,
  type Counterexample,
  describeReport,
  type LawReport,
} from './testing/report.js'
