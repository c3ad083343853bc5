// What is there on a terminal only: progress, the summary, colours. The terminal is made by `script` (of util-linux).

import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { bin, plainEnv, pluginFolder, pluginText } from './command.js'

const cwd = pluginFolder({
  'size.js': pluginText('size', 'return bytes.length', 'reduce: sum(),'),
  'counts.js': pluginText('counts', "return new Map([['a', 1]])", 'reduce: countByKey(),'),
  'some.bin': new Uint8Array(1_000_000),
})

// Other makes of `script` have other options.
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')

function onTerminal(
  command: string,
  env: Readonly<Record<string, string>> = {},
): { code: number | null; shown: string } {
  const { status, stdout } = spawnSync('script', ['-qec', `"${process.execPath}" "${bin}" ${command}`, '/dev/null'], {
    cwd,
    env: { ...plainEnv, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { code: status, shown: stdout }
}

describe.skipIf(!hasScript)('on a terminal (needs the command script of util-linux)', () => {
  test('a bar with percent, rate and time left, then the result and a summary', () => {
    const { code, shown } = onTerminal('run size.js some.bin --chunk-size 10K')
    expect(code).toBe(0)
    expect(shown).toMatch(/█+ 100% {2}[\d.]+ .?B\/s, [\d.]+ m?s left/)
    expect(shown).toMatch(/1,000,000\r\n/)
    expect(shown).toMatch(/1\.00 MB in [\d.]+ m?s \([\d.]+ .?B\/s\) on [12] workers?/)
  })

  test('--quiet: the result alone', () => {
    expect(onTerminal('run size.js some.bin --quiet').shown).toBe('1,000,000\r\n')
  })

  test('progress stays where standard output is piped', () => {
    expect(onTerminal('run size.js some.bin | cat').shown).toMatch(/100%[\s\S]*1,000,000\r\n/)
  })

  test('a pipe, whose end is not known: how much is done', () => {
    const { shown } = onTerminal('run size.js - --chunk-size 10K < some.bin')
    expect(shown).toMatch(/7l1\.00 MB in [\d.]+ m?s, [\d.]+ .?B\/s/)
    expect(shown).not.toContain('█')
    expect(onTerminal('run size.js - < some.bin | cat').shown).toMatch(/1\.00 MB in [\d.]+ m?s \(/)
  })

  test('colours, and none with NO_COLOR', () => {
    const bold = '\u001b[1m'
    expect(onTerminal('run counts.js some.bin 2>/dev/null').shown).toContain(bold)
    expect(onTerminal('run counts.js some.bin 2>/dev/null', { NO_COLOR: '1' }).shown).not.toContain(bold)
  })
})
