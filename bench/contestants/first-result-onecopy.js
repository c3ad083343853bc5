// From nothing to the first result, with onecopy: node first-result-onecopy.js WORKERS

const begun = performance.now()
const { createEngine, share, sum } = await import('@onecopy/node')
const { countLineFeeds } = await import('./jobs.js')
const engine = createEngine({ workers: Number(process.argv[2]) })
const data = share(new Uint8Array(65536).fill(10, 0, 1000))
const answer = await engine.map(data, countLineFeeds).reduce(sum())
const insideMs = performance.now() - begun
await engine.close()
console.log(JSON.stringify({ answer, insideMs }))
