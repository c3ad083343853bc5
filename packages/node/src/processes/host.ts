// Runs lanes in processes. A process that runs out of memory or crashes takes its lane with it, and not the program.

import type { JobDescription } from '@onecopy/core/host'
import { ThreadHost } from '../threads/host.js'
import { LaneProcess, type ProcessSettings } from './lane-process.js'
import { MemoryFiles } from './memory-files.js'
import { packJob } from './process-wire.js'

/** Runs each lane in a process of its own. Processes start when they are first needed, and stay. */
export class ProcessHost extends ThreadHost {
  readonly #files: MemoryFiles

  constructor(workers: number, graceMs: number | undefined, heapMiB: number | undefined) {
    const files = new MemoryFiles()
    const packed = new WeakMap<JobDescription, ReturnType<typeof packJob>>()
    const settings: ProcessSettings = {
      files,
      heapMiB,
      packedJob: ({ job }) => {
        const known = packed.get(job)
        if (known !== undefined) return known
        const packing = packJob(job, files)
        packed.set(job, packing)
        return packing
      },
    }
    super(workers, graceMs, (tinypool, answerMs, owner) => new LaneProcess(tinypool, answerMs, owner, settings))
    this.#files = files
  }

  override async close(): Promise<void> {
    try {
      await super.close()
    } finally {
      this.#files.close()
    }
  }
}
