// What chunk functions read lines with: eachText and eachJson.

import { decodeText, eachJson, eachLine, eachText } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runModule } from '../support/child.js'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Lines as eachText visits them; each with its index, which has to be its place in the list. */
function textsOf(bytes: Uint8Array): string[] {
  const texts: string[] = []
  eachText(bytes, (text, index) => {
    expect(index).toBe(texts.length)
    texts.push(text)
  })
  return texts
}

/** The same, one line after the other. */
function oneByOne(bytes: Uint8Array): string[] {
  const texts: string[] = []
  eachLine(bytes, (start, end) => texts.push(decodeText(bytes, start, end)))
  return texts
}

function valuesOf(bytes: Uint8Array): [value: unknown, index: number][] {
  const values: [unknown, number][] = []
  eachJson(bytes, (value, index) => values.push([value, index]))
  return values
}

/** In shared memory, at an odd offset. */
function shared(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3)
  view.set(bytes)
  return view
}

describe('eachText', () => {
  test.each<[name: string, text: string, expected: string[]]>([
    ['nothing', '', []],
    ['lines without their line feeds', 'a\nbc\n\nd\n', ['a', 'bc', '', 'd']],
    ['a last line without one', 'a\nlast', ['a', 'last']],
    ['a carriage return stays', 'a\r\nb\r\n', ['a\r', 'b\r']],
    ['a byte order mark stays', '\ufeffa\n\ufeff', ['\ufeffa', '\ufeff']],
    ['characters of every length', 'ä\n北京\n\u{1f600}\n\0\n\u2028\n', ['ä', '北京', '\u{1f600}', '\0', '\u2028']],
  ])('visits %s', (_name, text, expected) => {
    expect(textsOf(shared(encode(text)))).toEqual(expected)
  })

  test('visits what eachLine and decodeText give, whatever the bytes are', () => {
    const kinds = fc.constantFrom(10, 13, 65, 0x80, 0xbf, 0xc3, 0xe0, 0xa0, 0xed, 0xef, 0xbb, 0xf0, 0x90, 0xf4, 0xff)
    fc.assert(
      fc.property(fc.oneof(fc.array(kinds, { maxLength: 60 }), fc.uint8Array({ maxLength: 300 })), (list) => {
        const bytes = shared(Uint8Array.from(list))
        expect(textsOf(bytes)).toEqual(oneByOne(bytes))
      }),
    )
  })

  test('visits long lines and many lines, whole', () => {
    for (const length of [1, 100, 4095, 4096, 4097, 70_000]) {
      const line = 'ä'.repeat(length >> 1) + 'x'.repeat(length & 1)
      const bytes = shared(encode(`first\n${`${line}\n`.repeat(5)}${line}`))
      expect(textsOf(bytes)).toEqual(['first', line, line, line, line, line, line])
    }
    const many = Array.from({ length: 3000 }, (_, i) => `line ${i} ${i % 100 === 0 ? 'höher' : ''}`)
    expect(textsOf(encode(many.join('\n')))).toEqual(many)
  })

  test('works where there is no Buffer and where the decoder refuses shared memory', async () => {
    const ended = await runModule(`
      delete globalThis.Buffer
      globalThis.TextDecoder = class extends TextDecoder {
        decode(bytes) {
          if (bytes.buffer instanceof SharedArrayBuffer) throw new TypeError('The provided value must not be shared')
          return super.decode(bytes)
        }
      }
      const { eachJson, eachText, share } = await import('@onecopy/core')
      const seen = []
      eachText(share('ä\\nb').view(), (text) => seen.push(text))
      eachJson(share('[1]\\n{"a":"ö"}').view(), (value) => seen.push(value))
      console.log(JSON.stringify(seen))
    `)
    expect(ended).toEqual({ code: 0, stdout: '["ä","b",[1],{"a":"ö"}]\n', stderr: '' })
  })

  test('a Buffer that is not Node’s is left alone', async () => {
    const ended = await runModule(`
      globalThis.Buffer = class { utf8Slice() { return 'wrong' } }
      const { decodeText } = await import('@onecopy/core')
      console.log(decodeText(new TextEncoder().encode('right')))
    `)
    expect(ended).toEqual({ code: 0, stdout: 'right\n', stderr: '' })
  })
})

describe('eachJson', () => {
  test('visits the value of each line, with the index of the line', () => {
    const bytes = shared(encode('{"a":1}\n[2,"ä"]\r\n\n  \t\n"x"\nnull\nfalse\n 0 '))
    expect(valuesOf(bytes)).toEqual([
      [{ a: 1 }, 0],
      [[2, 'ä'], 1],
      ['x', 4],
      [null, 5],
      [false, 6],
      [0, 7],
    ])
  })

  test('visits nothing in nothing, and no byte order mark', () => {
    expect(valuesOf(encode(''))).toEqual([])
    expect(valuesOf(encode('\n\n'))).toEqual([])
    expect(valuesOf(encode('\ufeff{"a":1}\n2'))).toEqual([
      [{ a: 1 }, 0],
      [2, 1],
    ])
  })

  test('visits any values that were written as lines, in lines of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 30 }), fc.constantFrom('\n', '\r\n'), (values, end) => {
        const bytes = shared(encode(values.map((value) => `${JSON.stringify(value)}${end}`).join('')))
        // Through JSON once, because that makes 0 of -0.
        expect(valuesOf(bytes)).toEqual(values.map((value, i) => [JSON.parse(JSON.stringify(value)), i]))
      }),
    )
    const long = { text: 'ä'.repeat(100_000) }
    expect(valuesOf(encode(`1\n${JSON.stringify(long)}\n2`))).toEqual([
      [1, 0],
      [long, 1],
      [2, 2],
    ])
  })

  test('a line that is not JSON is an error that shows it', () => {
    const bytes = encode(`{"a":1}\n\n{"b":${'x'.repeat(100)}}\n3`)
    const seen: unknown[] = []
    const run = (): void => eachJson(bytes, (value) => seen.push(value))
    expect(run).toThrow(SyntaxError)
    expect(run).toThrow(/^line 2 of the bytes is not JSON: .*, in "\{\\"b\\":xxx.*…$/)
    expect(seen).toEqual([{ a: 1 }, { a: 1 }])
  })

  test('or is handed over, and the lines behind it are visited', () => {
    const invalid: [text: string, index: number, name: string][] = []
    const values: unknown[] = []
    eachJson(
      encode('1\n{\n2\nx\r\n3'),
      (value) => values.push(value),
      (text, index, error) => invalid.push([text, index, error.name]),
    )
    expect(values).toEqual([1, 2, 3])
    expect(invalid).toEqual([
      ['{', 1, 'SyntaxError'],
      ['x\r', 3, 'SyntaxError'],
    ])
  })

  test('what visit throws is thrown as it is', () => {
    const error = new SyntaxError('of the visitor')
    expect(() =>
      eachJson(encode('1'), () => {
        throw error
      }),
    ).toThrow(error)
  })
})

describe('bad input gets a clear error', () => {
  // Wrong programs do not compile; these are written all the same, as untyped callers can.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const wrong = (value: unknown): any => value
  const bytes = new Uint8Array(1)

  test.each<[string, () => void, string]>([
    ['text', () => eachText(wrong('a'), () => {}), 'bytes: expected a Uint8Array, got "a"'],
    ['no visitor', () => eachText(bytes, wrong(undefined)), 'visit: expected a function, got undefined'],
    ['floats', () => eachJson(wrong(Float64Array.of(1)), () => {}), 'bytes: expected a Uint8Array'],
    ['no visitor of values', () => eachJson(bytes, wrong(1)), 'visit: expected a function, got 1'],
    ['no visitor of others', () => eachJson(bytes, () => {}, wrong(null)), 'invalid: expected a function, got null'],
  ])('%s', (_name, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })
})
