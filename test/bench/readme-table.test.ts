// The README's table is made from the record and from nothing else.

import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { renderTable, replaceTable } from '../../bench/readme-table.js'
import { readRecord } from '../../bench/record.js'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

describe('the table', () => {
  test('is put back where somebody has changed a number', () => {
    const table = renderTable(readRecord('readme'))
    const changed = readme.replace(/\d\.\d GB\/s/, '99 GB/s')
    expect(changed).not.toBe(readme)
    expect(replaceTable(changed, table)).toBe(readme)
  })

  test('changes with each median that it shows', () => {
    const table = renderTable(readRecord('readme'))
    for (const name of ['count-lines', 'search-rare', 'search-frequent', 'histogram', 'plain-histogram', 'tree-hash']) {
      const record = readRecord('readme')
      for (const each of record.cases[name]?.contestants ?? []) each.median = (each.median ?? 0) * 3
      expect(renderTable(record), name).not.toBe(table)
    }
  })

  test('leaves out a contestant that was missing', () => {
    const record = readRecord('readme')
    const b3sum = record.cases['tree-hash']?.contestants.find(({ name }) => name === 'b3sum')
    delete b3sum?.median
    expect(renderTable(record)).not.toContain('b3sum')
  })

  test('is not made from a record that lacks a case', () => {
    const record = readRecord('readme')
    delete record.cases['tree-hash']
    expect(() => renderTable(record)).toThrow('tree-hash')
  })

  test('does not go into a text without its marks', () => {
    expect(() => replaceTable('# no marks', 'table')).toThrow('measured: begin')
  })
})
