// From nothing to the first result, with bare tinypool: node first-result-tinypool.js [THREADS]. Without THREADS it uses
// tinypool's defaults.

const begun = performance.now()
const { Tinypool } = await import('tinypool')
const threads = process.argv[2] === undefined ? {} : { minThreads: +process.argv[2], maxThreads: +process.argv[2] }
const pool = new Tinypool({ filename: new URL('pool-task.js', import.meta.url).href, ...threads })
const buffer = new SharedArrayBuffer(65536)
new Uint8Array(buffer).fill(10, 0, 1000)
const answer = await pool.run({ job: 'countLineFeeds', buffer, start: 0, end: 65536 })
const insideMs = performance.now() - begun
await pool.destroy()
console.log(JSON.stringify({ answer, insideMs }))
