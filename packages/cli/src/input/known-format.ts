// What an input begins as, where its bytes are not what a plugin takes them for: compressed data, and text in wide characters.

import type { SharedData } from '@onecopy/node'
import { standardInput } from './open-input.js'

interface Format {
  readonly name: string
  /** What it begins with; `undefined` stands for any byte. */
  readonly magic: readonly (readonly (number | undefined)[])[]
  /** The program that turns it into bytes of text, as it is called in a pipe. */
  readonly filter: string
  /** Bytes a character; undefined for what is no text. */
  readonly align?: number
  /** A line feed, as a plugin would write it. */
  readonly lineFeed?: string
}

/** Ordered: the mark of UTF-32 begins as that of UTF-16 does. */
const formats: readonly Format[] = [
  { name: 'gzip', magic: [[0x1f, 0x8b]], filter: 'gzip -dc' },
  { name: 'zstd', magic: [[0x28, 0xb5, 0x2f, 0xfd]], filter: 'zstd -dc' },
  { name: 'xz', magic: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]], filter: 'xz -dc' },
  {
    name: 'bzip2',
    // "BZh", the size of a block, and the first digits of pi, or of its root where there is no block.
    magic: [
      [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
      [0x42, 0x5a, 0x68, undefined, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
    ],
    filter: 'bzip2 -dc',
  },
  wide('UTF-32', 'little', [0xff, 0xfe, 0x00, 0x00], '\\n\\0\\0\\0', 4),
  wide('UTF-32', 'big', [0x00, 0x00, 0xfe, 0xff], '\\0\\0\\0\\n', 4),
  wide('UTF-16', 'little', [0xff, 0xfe], '\\n\\0', 2),
  wide('UTF-16', 'big', [0xfe, 0xff], '\\0\\n', 2),
]

function wide(name: string, end: string, mark: readonly number[], lineFeed: string, align: number): Format {
  return { name: `${name} (${end}-endian)`, magic: [mark], filter: `iconv -f ${name} -t UTF-8`, align, lineFeed }
}

const longestMagic = 10

/**
 * What to say of an input that begins as compressed data or as text in wide characters does; undefined for all others.
 *
 * @param file - as the command line names it
 * @param name - as people see it
 * @param align - the alignment of the plugin's own chunker: one that cuts wide characters right needs no word
 * @throws what the input throws as it is read
 */
export function noteFormat(
  file: string,
  name: string,
  data: SharedData,
  command: 'run' | 'check',
  align: number = 1,
): string | undefined {
  // A file of numbers may begin with any bytes.
  if (data.elementType !== 'Uint8Array') return undefined
  const reader = data.open()
  let start: Uint8Array
  try {
    start = Uint8Array.from(reader.view(0, Math.min(data.length, longestMagic)))
  } finally {
    reader.close()
  }
  const format = formats.find(({ magic }) =>
    magic.some((bytes) => bytes.every((byte, at) => at < start.length && (byte ?? start[at]) === start[at])),
  )
  if (format === undefined || (format.align !== undefined && align % format.align === 0)) return undefined
  const source = file === standardInput ? `… | ${format.filter}` : `${format.filter} ${quoted(name)}`
  const pipe = `${source} | onecopy ${command} PLUGIN -`
  if (format.align === undefined) {
    return `onecopy: ${name} begins as ${format.name} does, and is read as it is. To read what is packed in it: ${pipe}`
  }
  const chunker = `delimited({ delimiter: '${format.lineFeed}', align: ${format.align} })`
  return (
    `onecopy: ${name} begins with the mark of ${format.name}, and is read as it is: lines() cuts such text wrongly. ` +
    `To read it as UTF-8: ${pipe}; or let the plugin cut it by ${chunker}`
  )
}

/** A name as a shell takes it. */
function quoted(name: string): string {
  return /^[\w./:@%+=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}
