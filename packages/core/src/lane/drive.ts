// Runs steps that seldom wait. A lane must not give way to microtasks as long as it need not: one that user code has left behind may
// never end, and what the lane has done would never be sent.

/**
 * Run `steps` to their end. The generator yields each promise that it waits for. Returns a promise only if there is one: without,
 * no microtask runs in between.
 */
export function drive(steps: Generator<Promise<void>, void, void>): Promise<void> | undefined {
  const { done, value } = steps.next()
  return done === true ? undefined : goOn(steps, value)
}

async function goOn(steps: Generator<Promise<void>, void, void>, first: Promise<void>): Promise<void> {
  let pending = first
  for (;;) {
    await pending
    const { done, value } = steps.next()
    if (done === true) return
    pending = value
  }
}
