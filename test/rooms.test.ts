// The plan of the house. Each package's `src` has rooms: its folders, and the files that lie in `src` itself. The rooms stand on
// floors. An import may only lead to a lower floor or stay in its room. The list below is the architecture.

import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The floors of each package from the top down. Rooms on one line do not know each other. `*`: all other files of `src`. */
const floors: Readonly<Record<string, readonly string[]>> = {
  core: [
    'index.ts lane.ts host.ts queue.ts testing.ts',
    'sequential.ts',
    'testing',
    'parts places',
    'engine lane',
    'protocol',
    'functions',
    'reduce',
    'chunks',
    'serialize',
    'tables',
    'data',
    'base',
  ],
  node: [
    'index.ts',
    'engine.ts lane-worker.ts',
    'checkpoint',
    '*',
    'processes',
    'remote',
    'threads',
    'modules',
    'compressed',
    'files',
    'clock.ts crypto.ts',
  ],
  web: ['index.ts lane-worker.ts', 'engine.ts lanes.ts', 'page worker', 'blobs', 'wire support.ts'],
  cluster: ['index.ts processor.ts', 'cluster.ts worker.ts', 'coordinator worker', 'jobs', 'store', 'redis'],
  kernels: ['index.ts', '*', 'group search', 'plain wasm', 'base'],
  cli: ['main.ts', 'program.ts', 'check head list new parts run worker', 'input', 'result', 'terminal'],
  examples: [
    'index.ts gallery.ts gallery-index.ts',
    'gallery',
    'byte-count csv-aggregate csv-report entropy-map filter hash k-means linear-regression log-stats monte-carlo reverse-index search word-count',
    'generators byte-table.ts finder.ts',
  ],
  'gallery-page': [
    'main.ts lanes.ts laws-worker.ts worker-scripts.d.ts',
    'cards',
    'frame',
    'plugins own draw',
    'text dom.ts',
  ],
}

const packages = fileURLToPath(new URL('../packages', import.meta.url))

describe.each(Object.entries(floors))('%s', (name, plan) => {
  const files = importsBelow(join(packages, name, 'src'))
  const rooms = plan.map((floor) => floor.split(' '))
  const roomOf = (file: string): string => {
    const room = file.split('/')[0]!
    return rooms.flat().includes(room) ? room : '*'
  }
  const floorOf = (room: string): number => rooms.findIndex((floor) => floor.includes(room))

  test('every file has a room, and every room in the plan is there', () => {
    expect(
      [...files.keys()].filter((file) => floorOf(roomOf(file)) < 0 || (roomOf(file) === '*' && file.includes('/'))),
    ).toEqual([])
    expect(rooms.flat().filter((room) => ![...files.keys()].some((file) => roomOf(file) === room))).toEqual([])
  })

  test('no import leads up, or to another room on the same floor', () => {
    const wrong = [...files].flatMap(([from, targets]) =>
      targets
        .filter((to) => roomOf(to) !== roomOf(from) && floorOf(roomOf(to)) <= floorOf(roomOf(from)))
        .map((to) => `${from} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })

  test('no file leads back to itself, not even by its types', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const follow = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (path.includes(file) || done.has(file)) return
      for (const next of files.get(file) ?? []) follow(next, [...path, file])
      done.add(file)
    }
    for (const file of files.keys()) follow(file, [])
    expect(circles).toEqual([])
  })
})

/** The files below `src`, each with the files of the same package that it imports. */
function importsBelow(src: string): Map<string, string[]> {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const files = names.map((file) => file.split(sep).join('/'))
  return new Map(
    files.map((file) => {
      const code = readFileSync(join(src, file), 'utf8').replace(/^\s*(\*|\/\/|\/\*).*$/gm, '')
      const specifiers = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g)].map((match) => match[1]!)
      return [file, specifiers.map((each) => posix.join(posix.dirname(file), each.replace(/\.js$/, '.ts')))]
    }),
  )
}
