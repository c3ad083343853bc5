// The laws of plugins: what each says, which laws must hold before it can be tested, and what usually breaks it.

import type { Chunker } from '../chunks/chunkers.js'

/** All laws, in the order in which they are checked. */
export const lawIds = [
  'input-untouched',
  'own-window',
  'cloneable',
  'own-bytes',
  'fresh-values',
  'deterministic',
  'identity',
  'associative',
  'commutative',
  'enough',
  'folding',
  'prefix',
  'workers',
  'chunk-size',
  'borders',
  'skips',
] as const

/** The stable name of a law. */
export type LawId = (typeof lawIds)[number]

/** What a law says about a plugin with a chunk function. */
const statements: Readonly<Record<LawId, string>> = {
  'input-untouched': 'map leaves its input as it is',
  'own-window': 'map writes no other part of the output than chunk.out',
  deterministic: 'map gives the same result for the same chunk',
  cloneable: 'results and accumulators survive cloning',
  'fresh-values': 'init() gives a fresh value each time, and add() changes nothing but its accumulator',
  'own-bytes': 'the accumulator keeps no view of bytes, which is only valid during the call of fold',
  identity: 'merge(init(), a) and merge(a, init()) equal a',
  associative: 'merge(merge(a, b), c) equals merge(a, merge(b, c))',
  commutative: "merge(a, b) equals merge(b, a), as order: 'any' promises",
  enough: 'merge(a, b) equals a where enough(a)',
  folding: 'fold(fold(init(), a), b) equals merge(fold(init(), a), fold(init(), b))',
  prefix: 'chunk.prefix is the same however the data before the chunk is cut',
  workers: 'the answer is the same for any number of workers and any order of arrival',
  'chunk-size': 'the answer is the same for any chunk size',
  borders: 'a record or match at the border of two chunks is counted once',
  skips: 'what is skipped is the same for any chunk size',
}

/** What a law says about a plugin that folds, where that differs. */
const statementsOfFolds: Readonly<Partial<Record<LawId, string>>> = {
  'input-untouched': 'fold leaves its input as it is',
  'own-window': 'fold writes no other part of the output than chunk.out',
  deterministic: 'fold gives the same accumulator for the same chunk',
  cloneable: 'accumulators survive cloning',
  'fresh-values': 'init() gives a fresh value each time, and fold changes no accumulator but its own',
}

/** What a law says, in one line. */
export function statementOf(law: LawId, isFold: boolean): string {
  return (isFold ? statementsOfFolds[law] : undefined) ?? statements[law]
}

/** The laws that must hold before a law is checked. Otherwise the check would only show the breach of those laws again. */
export const needs: Readonly<Record<LawId, readonly LawId[]>> = {
  'input-untouched': [],
  'own-window': ['input-untouched'],
  deterministic: ['input-untouched', 'cloneable', 'fresh-values'],
  cloneable: [],
  'own-bytes': ['input-untouched', 'cloneable'],
  'fresh-values': ['cloneable', 'own-bytes'],
  identity: ['cloneable', 'fresh-values'],
  associative: ['cloneable', 'fresh-values'],
  commutative: ['cloneable', 'fresh-values'],
  enough: ['cloneable', 'fresh-values'],
  folding: ['input-untouched', 'deterministic', 'cloneable', 'fresh-values', 'own-bytes'],
  prefix: ['input-untouched'],
  workers: ['input-untouched', 'own-window', 'deterministic', 'cloneable', 'fresh-values', 'enough'],
  'chunk-size': [
    'input-untouched',
    'own-window',
    'deterministic',
    'cloneable',
    'fresh-values',
    'enough',
    'folding',
    'prefix',
  ],
  borders: [
    'input-untouched',
    'own-window',
    'deterministic',
    'cloneable',
    'fresh-values',
    'enough',
    'folding',
    'prefix',
    'identity',
    'associative',
  ],
  skips: ['input-untouched', 'deterministic', 'cloneable'],
}

const causes: Readonly<Record<Exclude<LawId, 'borders'>, string>> = {
  'own-window':
    'the output is written by another way than chunk.out, such as chunk.out.buffer or params, at a place of another chunk; write by ' +
    'index, out[i], from 0 to out.length.',
  'input-untouched': 'map sorts, reverses, fills or decodes its bytes in place; work on a copy, bytes.slice().',
  deterministic:
    'map uses a clock or Math.random() (chunk.random() gives a chunk the same numbers each time), or something that an earlier ' +
    'call left behind: a counter, the lastIndex of a global regular expression, a TextDecoder that streams.',
  cloneable: 'it contains a function, a symbol or an instance of a class with methods; return plain data.',
  'fresh-values':
    'init() returns the same object each time, or add() keeps the result itself and later writes into it; make a new ' +
    'object in init() and a copy in add(): value.slice(), { ...value }.',
  'own-bytes': 'fold puts bytes or a part of it, bytes.subarray(), into the accumulator; keep a copy, bytes.slice().',
  identity: 'init() returns a value that changes the result, such as 0 for a minimum or 1 for a sum.',
  associative:
    'merge subtracts, rounds, keeps too little, or does not know how many values each side stands for (a mean of means); keep ' +
    'a sum and a count, and divide in finish.',
  commutative:
    "merge depends on the order of its arguments, as joining lists does; leave out order: 'any', or sort in finish.",
  enough:
    'enough(a) is true too early, or merge adds to an accumulator that is enough; let merge return its left argument if that is ' +
    'enough.',
  folding:
    'fold reads in the accumulator what the chunk before left there, such as its last byte or a line that is not complete, or ' +
    'merge does another thing than fold; a chunker that cuts between records, such as lines(), needs nothing of the chunk before.',
  prefix:
    'the first pass counts something once per chunk, such as the chunks themselves, or its reducer keeps what only the last chunk ' +
    'says; prefix.map gives what its elements amount to, and prefix.reduce adds that up.',
  workers:
    "map or setup keeps something from one chunk to the next, results share an object that changes later, or order: 'any' is " +
    'promised although the order matters.',
  'chunk-size':
    "results do not add up: offsets from the chunk's start instead of the data's (chunk.start + i), something counted once per " +
    'chunk, or a figure such as a mean that does not follow from those of the parts.',
  skips:
    'chunk.skip gets offsets in the chunk instead of the data (chunk.start + i), a whole chunk instead of a record, or half a record ' +
    'that the chunker has cut; use lines(), delimited() or records().',
}

const borderCauses: Readonly<Record<Chunker['kind'], string>> = {
  fixed: 'fixed() cuts through records; use lines(), delimited() or records(), and overlapping() for patterns.',
  overlapping:
    'a match that starts in the overlap belongs to the next chunk; count those that start before chunk.end, and make the ' +
    "overlap the pattern's length minus one.",
  delimited:
    'the plugin splits by another delimiter than the chunker, or counts what follows the last delimiter as a record.',
  records: 'the plugin reads records of another length than the chunker cuts.',
  csv: 'the plugin reads another dialect than the chunker cuts, or ends records at line feeds in quotes; use eachField.',
}

/** What breaks a law in a plugin that folds, where that differs. */
const causesInFolds: Readonly<Partial<Record<LawId, string>>> = {
  'input-untouched': 'fold sorts, reverses, fills or decodes its bytes in place; work on a copy, bytes.slice().',
  deterministic:
    'fold uses a clock or Math.random() (chunk.random() gives a chunk the same numbers each time), or something that an earlier ' +
    'call left behind outside the accumulator: a counter or a table of the module, the state, the lastIndex of a global regular expression.',
  'fresh-values':
    'init() returns the same object each time, or fold returns an object that it uses again; make a new object in init(), and ' +
    'return acc or a new object from fold.',
  workers:
    "fold or setup keeps something from one block to the next, or order: 'any' is promised although the order matters.",
}

/** One sentence that says what usually breaks `law` in a plugin with this kind of chunker. */
export function usualCause(law: LawId, chunker: Chunker['kind'], isFold: boolean): string {
  if (law === 'borders') return borderCauses[chunker]
  return (isFold ? causesInFolds[law] : undefined) ?? causes[law]
}
