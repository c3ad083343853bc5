// What chunk functions of the contract use and browsers do not have.

Object.assign(globalThis, { setImmediate: (call: () => void) => setTimeout(call, 0) })
