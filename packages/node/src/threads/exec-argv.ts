// The command-line options of Node that worker threads start with.

/** Options that are about the program's entry. A worker that inherits one of them takes its own module for text, and dies. */
const entryOptions = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type'])

/** Options about how modules are loaded, each with whether its value may stand behind it as an argument of its own. */
const loadingOptions: ReadonlyMap<string, boolean> = new Map([
  ['-r', true],
  ['--require', true],
  ['--import', true],
  ['--loader', true],
  ['--experimental-loader', true],
  ['-C', true],
  ['--conditions', true],
  ['--enable-source-maps', false],
  ['--experimental-strip-types', false],
  ['--experimental-transform-types', false],
  ['--no-warnings', false],
  ['--disable-warning', true],
  ['--preserve-symlinks', false],
])

/**
 * What to give a worker as `execArgv`: nothing, so that it inherits all options, unless an entry option is among them. Then
 * only those about loading modules: given by name, an option that is the whole process's is an error.
 */
export function workerExecArgv(execArgv: readonly string[]): { execArgv?: string[] } {
  if (!execArgv.some((option) => entryOptions.has(nameOf(option)))) return {}
  const kept: string[] = []
  for (let i = 0; i < execArgv.length; i++) {
    const option = execArgv[i]!
    const takesValue = loadingOptions.get(nameOf(option))
    if (takesValue === undefined) continue
    kept.push(option)
    if (takesValue && !option.includes('=') && i + 1 < execArgv.length) kept.push(execArgv[++i]!)
  }
  return { execArgv: kept }
}

function nameOf(option: string): string {
  return option.split('=')[0]!
}
