// What the contract takes from vitest, where vitest does not run (pages, Bun, Deno): tests are collected, and run one by one.

import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)
setState({ assertionCalls: 0, isExpectingAssertions: false }, chai.expect as never)

export const expect: unknown = chai.expect
Object.assign(chai.expect, { fail: (message?: string) => chai.assert.fail(message as string) })

type Run = (...args: readonly unknown[]) => unknown

interface Collected {
  readonly name: string
  readonly run: Run
}

const groups: string[] = []
export const collected: Collected[] = []
const atEnd: (() => unknown)[] = []

export function describe(name: string, body: () => void): void {
  groups.push(name)
  body()
  groups.pop()
}

export function test(name: string, run: Run): void {
  collected.push({ name: [...groups, name].join(' > '), run })
}

test.each =
  (table: readonly unknown[]) =>
  (title: string, run: Run): void => {
    for (const row of table) {
      const args = Array.isArray(row) ? row : [row]
      test(titleOf(title, args), () => run(...args))
    }
  }

function titleOf(title: string, args: readonly unknown[]): string {
  let next = 0
  return title
    .replace(/%[sdij]/g, () => String(args[next++]))
    .replace(/\$(\w+)/g, (whole, key: string) => {
      // `as`: a row with names is an object.
      const [row] = args as readonly Record<string, unknown>[]
      return row !== undefined && key in row ? String(row[key]) : whole
    })
}

export function onTestFinished(then: () => unknown): void {
  atEnd.push(then)
}

/** The page or program ends after the tests, and what it has with it. */
export function afterAll(): void {}

/** Run one test. Throws what it throws. */
export async function runTest(index: number): Promise<void> {
  try {
    await collected[index]?.run()
  } finally {
    for (const then of atEnd.splice(0)) await then()
  }
}
