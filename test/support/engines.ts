// The engines that one contract holds for.

import { type Engine, sequential } from '@onecopy/core'
import { createEngine } from '@onecopy/node'

export interface EngineKind {
  readonly name: string
  readonly make: () => Engine
}

export const engineKinds: readonly EngineKind[] = [
  { name: 'sequential', make: sequential },
  { name: 'threads, 1 worker', make: () => createEngine({ workers: 1 }) },
  { name: 'threads, 2 workers', make: () => createEngine({ workers: 2 }) },
  { name: 'threads, 4 workers', make: () => createEngine({ workers: 4 }) },
]
