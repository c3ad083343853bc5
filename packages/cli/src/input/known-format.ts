// Recognizes inputs whose bytes are probably not what the plugin expects: compressed data, and text in wide characters.

import type { SharedData } from '@onecopy/node'
import { standardInput } from './standard-input.js'

interface Format {
  readonly name: string
  /** The bytes at the start; `undefined` stands for any byte. */
  readonly magic: readonly (readonly (number | undefined)[])[]
  /** The program, for use in a pipe, that turns the data into bytes of text. */
  readonly filter: string
  /** Bytes per character; undefined if it is not text. */
  readonly align?: number
  /** A line feed, as it would be written in a plugin. */
  readonly lineFeed?: string
  /** The encoding, as a plugin names it. */
  readonly lines?: string
  /** The encoding, as `--encoding` takes it; undefined if it is not text. */
  readonly encoding?: string
}

/** The order matters: the byte order mark of UTF-32 starts like that of UTF-16. */
const formats: readonly Format[] = [
  { name: 'gzip', magic: [[0x1f, 0x8b]], filter: 'gzip -dc' },
  { name: 'zstd', magic: [[0x28, 0xb5, 0x2f, 0xfd]], filter: 'zstd -dc' },
  { name: 'xz', magic: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]], filter: 'xz -dc' },
  {
    name: 'bzip2',
    // "BZh", the block size, and the first digits of pi, or of its square root if there is no block.
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
  const lines = `${name.toLowerCase()}${end[0]}e`
  return {
    name: `${name} (${end}-endian)`,
    magic: [mark],
    filter: `iconv -f ${name} -t UTF-8`,
    align,
    lineFeed,
    lines,
    encoding: name.toLowerCase(),
  }
}

/** Bytes that are looked at. */
export const longestMagic = 10

/**
 * The first bytes of an input, or of each file of many; none if they say nothing about the format.
 *
 * @throws what reading the input throws
 */
export function startsOf(data: SharedData): Uint8Array[] {
  const { elementType, length } = data
  // A file of numbers may begin with any bytes. What is decompressed while it is read cannot be looked at before.
  if (elementType !== 'Uint8Array' || length === Number.POSITIVE_INFINITY) return []
  const starts = data.pieces?.starts ?? [0]
  const reader = data.open()
  try {
    return starts.map((start, i) => {
      const end = Math.min(starts[i + 1] ?? length, start + longestMagic)
      return Uint8Array.from(reader.view(start, end))
    })
  } finally {
    reader.close()
  }
}

/** How an input is read, as far as a note says what to do. */
export interface ReadInput {
  /** The name on the command line. */
  readonly file: string
  /** The name for people. */
  readonly name: string
  readonly command: 'run' | 'check'
  /** Whether compressed inputs are decompressed. */
  readonly isDecompressed: boolean
  /** Whether it is one of several files that are run together. */
  readonly isTogether?: boolean
  /** The alignment of the plugin's chunker: if it fits the wide characters, no note is needed. */
  readonly align?: number | undefined
}

/**
 * The note about an input that starts like compressed data or text in wide characters; undefined for all others.
 *
 * @param start - its first bytes
 */
export function noteFormat(
  start: Uint8Array,
  { file, name, command, isDecompressed, isTogether = false, align = 1 }: ReadInput,
): string | undefined {
  const format = formats.find(({ magic }) =>
    magic.some((bytes) => bytes.every((byte, at) => at < start.length && (byte ?? start[at]) === start[at])),
  )
  if (format === undefined || (format.align !== undefined && align % format.align === 0)) return undefined
  const source = file === standardInput ? `… | ${format.filter}` : `${format.filter} ${quoted(name)}`
  const pipe = `${source} | onecopy ${command} PLUGIN -`
  if (format.align === undefined) {
    // What was decompressed may be compressed once more.
    const option = isDecompressed ? '' : 'leave out --no-decompress, or use a pipe: '
    return `onecopy: ${name} begins as ${format.name} does, and is read as it is. To read what is packed in it: ${option}${pipe}`
  }
  const { encoding } = format
  const option = encoding === undefined || isTogether ? '' : `give --encoding ${encoding}, or use a pipe: `
  const chunker = `lines({ encoding: '${format.lines}' }) or delimited({ delimiter: '${format.lineFeed}', align: ${format.align} })`
  return (
    `onecopy: ${name} begins with the mark of ${format.name}, and is read as it is: lines() cuts such text wrongly. ` +
    `To read it as UTF-8: ${option}${pipe}; or let the plugin cut it by ${chunker}`
  )
}

/** A file name, quoted for a shell. */
export function quoted(name: string): string {
  return /^[\w./:@%+=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}
