// Generates documents of random words.

import type { SharedMemory } from '@onecopy/core'
import { share } from '@onecopy/core'
import { pick, seededRandom } from '../generators/random.js'

const syllables = ['ba', 'co', 'du', 'fa', 'ge', 'ho', 'ki', 'lu', 'ma', 'no', 'pe', 'ra', 'si', 'to', 'vu']

/**
 * Make `count` documents in shared memory, each of them a title, a line feed, up to 60 words and a form feed. The same seed makes the same
 * documents.
 *
 * @param count - integer >= 0
 * @param seed - default 1
 * @example const index = await engine.run(generateDocuments(1000), reverseIndex)
 */
export function generateDocuments(count: number, seed: number = 1): SharedMemory {
  const random = seededRandom(seed)
  const word = (): string => pick(random, syllables) + pick(random, syllables) + pick(random, ['', '', 'n', 'S'])
  const documents: string[] = []
  for (let i = 0; i < count; i++) {
    const words = Array.from({ length: Math.floor(61 * random()) }, word)
    documents.push(`document ${i}\n${words.join(pick(random, [' ', '\n', ', ']))}\f`)
  }
  return share(documents.join(''))
}
