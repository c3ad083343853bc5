// The clock of the gallery, taken once when the module loads. Fake timers that are installed later do not reach it.

/** Milliseconds since the process started. */
export const nowMs: () => number = performance.now.bind(performance)
