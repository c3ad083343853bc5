// A plugin that gives back what its setup took, and notes in shared memory what became of its lanes.

import { alloc, definePlugin, fixed, sum } from '@onecopy/core'

/** Where its notes stand. */
export const noted = Object.freeze({ setups: 0, chunks: 1, teardowns: 2, chunksBefore: 3, wrong: 4, gate: 5 })

export const withTeardown = definePlugin(import.meta.url, {
  name: 'with-teardown',
  params: {
    notes: alloc(Int32Array, 6),
    /** '', 'throws', 'throws null', 'takes long', 'takes 250 ms', 'hangs', 'blocks' or 'exits' */
    teardown: '',
    /** The chunk that throws; -1: none. */
    throwsAt: -1,
    /** The chunk that never returns; -1: none. */
    loopsAt: -1,
    setupThrows: false,
    /** Chunks open the gate, and run until they are cancelled. */
    waits: false,
  },
  chunks: fixed({ size: 1 }),
  setup({ notes, teardown, setupThrows }) {
    Atomics.add(notes.view(), noted.setups, 1)
    if (setupThrows) throw new Error('not set up')
    return { notes, teardown, isOpen: true }
  },
  async teardown(state) {
    const words = state.notes.view()
    Atomics.store(words, noted.chunksBefore, Atomics.load(words, noted.chunks))
    // Each lane gives back its own state, once.
    if (!state.isOpen) Atomics.add(words, noted.wrong, 1)
    state.isOpen = false
    if (state.teardown === 'takes long') {
      for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    if (state.teardown === 'takes 250 ms') await new Promise((resolve) => setTimeout(resolve, 250))
    Atomics.add(words, noted.teardowns, 1)
    Atomics.store(words, noted.gate, 1)
    Atomics.notify(words, noted.gate)
    if (state.teardown === 'throws') throw new RangeError('cannot close')
    if (state.teardown === 'throws null') throw null
    if (state.teardown === 'hangs') await new Promise(() => {})
    if (state.teardown === 'blocks') for (;;);
    if (state.teardown === 'exits') process.exit(7)
  },
  async map(bytes, chunk) {
    const { notes, throwsAt, loopsAt, waits } = chunk.params
    const words = notes.view()
    if (!chunk.state.isOpen) Atomics.add(words, noted.wrong, 1)
    if (chunk.index === throwsAt) throw new Error('not this one')
    if (chunk.index === loopsAt) for (;;);
    if (waits) {
      Atomics.store(words, noted.gate, 1)
      Atomics.notify(words, noted.gate)
      while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
    }
    Atomics.add(words, noted.chunks, 1)
    return bytes.length
  },
  reduce: sum(),
})

export const teardownAlone = definePlugin(import.meta.url, {
  name: 'teardown-alone',
  teardown(state) {
    throw new Error(`its state is ${state}`)
  },
  map: (bytes) => bytes.length,
})
