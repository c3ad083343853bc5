// The command line of the benchmark.

import { parseArgs } from 'node:util'

export const usage = `npm run bench [-- OPTIONS]

Measures everything (about 10 minutes, 5 GiB of memory, 2 GiB in the temporary folder), prints the tables, keeps the record
in bench/record/readme.json and writes the README's table from it.

  --quick         check every answer on small inputs; measure and keep nothing
  --only NAMES    these cases only, with commas between them; keeps no record
  --size MIB      size of the two input files, default 1024; keeps no record
  --record NAME   keep the record in bench/record/NAME.json in any case, and leave the README alone
  --list          print the names of the cases
  --table         write the README's table from its record; measure nothing
  --check         exit with 1 if the README's table is not what its record gives
  --help          this text`

/**
 * @param {string[]} args
 * @throws {TypeError} there is no such option, or its value is missing
 * @throws {RangeError} a value is out of its range
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      size: { type: 'string' },
      record: { type: 'string' },
      list: { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const size = Number(values.size ?? (values.quick ? 4 : 1024))
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`--size: expected an integer >= 1, got ${values.size}`)
  if (values.record !== undefined && !/^[\w.-]+$/.test(values.record))
    throw new RangeError(`--record: expected letters, digits, ., _ and -, got ${values.record}`)
  return { ...values, inputBytes: size * 2 ** 20, isWhole: !values.quick && !values.only && !values.size }
}
