// Lets other messages of the worker be received. A timer would wait for 4 ms each time.

const { port1, port2 } = new MessageChannel()
let resolveNext: () => void = () => {}
port1.onmessage = () => resolveNext()

/** Settles after the messages that are here have been received. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    resolveNext = resolve
    port2.postMessage(undefined)
  })
}
