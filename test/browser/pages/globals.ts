// What the contract uses and some browsers do not have.

Object.assign(globalThis, { setImmediate: (call: () => void) => setTimeout(call, 0) })

// `await using`, as esbuild lowers it, asks for the symbols.
for (const name of ['asyncDispose', 'dispose'] as const) {
  if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) })
}
