// Bytes to strings: the lines of a text in memory, on one thread, each as a string of its own.

import { decodeText, eachLine, eachText, load } from '@onecopy/node'
import { timesAsFast, timesAsLong } from '../case.js'

/** @type {import('../case.js').Case} */
export const textLines = {
  title: 'Each line of 128 MiB of text as a string, in shared memory, one thread',
  measures: 'time',
  inputs: ['text'],
  async prepare({ inputs }) {
    const { path } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const whole = (await load(path)).view()
    const end = whole.indexOf(10, Math.min(whole.length, 2 ** 27) - 1) + 1
    const bytes = whole.subarray(0, end)
    // Node has these methods and does not document them.
    const buffer = /** @type {Buffer & Record<'utf8Slice' | 'latin1Slice', (start: number, end: number) => string>} */ (
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    )
    let feeds = 0
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) feeds++
    /** @param {(add: (text: string) => void) => void} visit */
    const characters = (visit) => {
      let length = 0
      visit((text) => {
        length += text.length
      })
      return length
    }
    const native = 'Buffer#utf8Slice per line'
    const blocks = 'blocks of 1 MiB, split'
    return {
      // The text is ASCII.
      expected: end - feeds,
      contestants: [
        { name: 'eachText', run: () => characters((add) => eachText(bytes, add)) },
        {
          name: 'decodeText per line',
          run: () => characters((add) => eachLine(bytes, (from, to) => add(decodeText(bytes, from, to)))),
        },
        {
          name: native,
          run: () => characters((add) => eachLine(bytes, (from, to) => add(buffer.utf8Slice(from, to)))),
        },
        {
          name: 'Buffer#latin1Slice per line',
          note: 'wrong for text that is not ASCII',
          run: () => characters((add) => eachLine(bytes, (from, to) => add(buffer.latin1Slice(from, to)))),
        },
        {
          name: blocks,
          run: () =>
            characters((add) => {
              for (let at = 0; at < end; ) {
                const to = buffer.indexOf(10, Math.min(end, at + 2 ** 20) - 1) + 1
                for (const line of buffer.utf8Slice(at, to - 1).split('\n')) add(line)
                at = to
              }
            }),
        },
      ],
      targets: [timesAsLong('decodeText per line', native, 1.25), timesAsFast('eachText', [native, blocks], 1)],
    }
  },
}
