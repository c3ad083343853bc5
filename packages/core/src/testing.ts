// The door for tests, `@onecopy/core/testing`: the law checker. It needs fast-check, which nothing else here does.

export {
  type CheckArguments,
  type CheckOptions,
  checkPlugin,
  findBrokenLaws,
  type Sample,
} from './testing/check-plugin.js'
export { type LawId, lawIds } from './testing/laws.js'
export {
  BrokenLawsError,
  type CheckReport,
  type Counterexample,
  describeReport,
  type LawReport,
} from './testing/report.js'
