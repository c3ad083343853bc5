// All examples, in the order in which the gallery shows them.

import { byteCountExample } from './byte-count-example.js'
import { csvAggregateExample } from './csv-aggregate-example.js'
import { csvReportExample } from './csv-report-example.js'
import { entropyMapExample } from './entropy-map-example.js'
import { type Entry, overFile, overGenerated, overRange } from './entry.js'
import { filterExample } from './filter-example.js'
import { hashExample } from './hash-example.js'
import { kMeansExample } from './k-means-example.js'
import { linearRegressionExample } from './linear-regression-example.js'
import { logStatsExample } from './log-stats-example.js'
import { monteCarloExample } from './monte-carlo-example.js'
import { reverseIndexExample } from './reverse-index-example.js'
import { searchExample } from './search-example.js'
import { wordCountExample } from './word-count-example.js'

/** Common in English, in source code and in programs. It cannot overlap itself, so `grep -ob` finds the same offsets. */
export const defaultPattern = 'the'

/**
 * The gallery's entries.
 *
 * @param pattern - what search looks for: text of at least one character
 */
export function entries(pattern: string = defaultPattern): readonly Entry[] {
  return [
    overFile(byteCountExample),
    overFile(searchExample(pattern)),
    overFile(filterExample(pattern)),
    overFile(hashExample),
    overFile(wordCountExample),
    overFile(entropyMapExample),
    overGenerated(logStatsExample),
    overGenerated(csvAggregateExample),
    overGenerated(csvReportExample),
    overGenerated(reverseIndexExample),
    overGenerated(linearRegressionExample),
    overGenerated(kMeansExample),
    overRange(monteCarloExample),
  ]
}
