// Chooses the command-line options of Node that worker threads start with.

/** Options about the program's entry. A worker that inherits one of them would run its module's path as code, and die. */
const entryOptions = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type'])

/** Options about how modules are loaded. The value says whether the next argument may be the option's value. */
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
 * The `execArgv` of a worker. Usually there is none, so that the worker inherits all options. If an entry option is among them, the
 * worker gets only the options about loading modules, because Node refuses options of the whole process in a worker's `execArgv`.
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
