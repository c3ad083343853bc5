// What a thread has printed and its process has not taken yet.

type Output = Pick<NodeJS.WriteStream, 'writableLength' | 'write'>

// `as`: `console` keeps its streams even if somebody replaces those of `process`.
const outputs: readonly (() => Output)[] = [
  () => (console as { readonly _stdout?: Output })._stdout ?? process.stdout,
  () => (console as { readonly _stderr?: Output })._stderr ?? process.stderr,
]

/** Whether something that this thread has printed is still on its way. */
export function isOutputPending(): boolean {
  return outputs.some(isPending)
}

/** Wait until the process has taken what this thread has printed. */
export async function flushOutput(): Promise<void> {
  for (const output of outputs) {
    if (isPending(output)) await new Promise<void>((resolve) => output().write('', () => resolve()))
  }
}

function isPending(output: () => Output): boolean {
  try {
    return output().writableLength > 0
  } catch {
    // A chunk function took the stream away. Then nobody can tell.
    return false
  }
}
