// A page in a browser, as tests use it.

/** A page in a browser. */
export interface Page {
  /** Call a function of the page's `cases` with plain data, and return its answer as plain data. */
  call(name: string, ...args: readonly unknown[]): Promise<unknown>
  /** Choose a file in the page's `<input type="file">`. */
  chooseFile(path: string): Promise<void>
  /** Load the page again, and wait until it is ready. */
  reload(): Promise<void>
  close(): Promise<void>
}

export interface Browser {
  /** Open a page, and wait until its title is `ready`. */
  open(url: string): Promise<Page>
  close(): Promise<void>
}

/** How long a page may take to start, and a case to answer, in ms. */
export const startMs = 60_000

/**
 * A function of a page: calls one of its cases. It goes through a timer, because code that a driver runs may compile text whatever the
 * page's policy says.
 */
export const callInPage = `(name, args) =>
  new Promise((resolve) => {
    setTimeout(async () => {
      try {
        resolve({ value: await globalThis.cases[name](...args) })
      } catch (error) {
        resolve({ error: String(error) + '\\n' + String(error?.stack) })
      }
    }, 0)
  })`

/** The value of what {@link callInPage} has answered. */
export function valueIn(answer: unknown): unknown {
  // `as`: see above.
  const { value, error } = answer as { readonly value?: unknown; readonly error?: string }
  if (error !== undefined) throw new Error(error)
  return value
}

/** The text of a program that calls a case in a page. */
export function callText(name: string, args: readonly unknown[]): string {
  return `(${callInPage})(${JSON.stringify(name)}, ${JSON.stringify(args)})`
}
