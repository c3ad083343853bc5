// A runtime without shared memory, or with a `structuredClone` that copies it as WebKit's does. What runs answer there.

const native = globalThis.structuredClone
const Shared = globalThis.SharedArrayBuffer

/** @type {(value: unknown) => unknown} Copies shared memory in plain values, as WebKit does. */
function copyShared(value) {
  if (value instanceof Shared) return new Uint8Array(new Uint8Array(value)).buffer
  if (ArrayBuffer.isView(value)) {
    if (!(value.buffer instanceof Shared)) return value
    const Elements = /** @type {new (buffer: ArrayBufferLike) => ArrayBufferView} */ (value.constructor)
    return new Elements(new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)).buffer)
  }
  if (value instanceof Map) for (const [key, each] of value) value.set(key, copyShared(each))
  if (value === null || typeof value !== 'object') return value
  // The clone belongs to nobody else, so its members can be replaced.
  for (const [key, each] of Object.entries(value)) {
    const copy = copyShared(each)
    if (copy !== each) Reflect.set(value, key, copy)
  }
  return value
}

if (process.argv[2] === 'none') Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
else globalThis.structuredClone = (value, options) => /** @type {never} */ (copyShared(native(value, options)))

const { alloc, concat, encodePart, decodePart, fixed, lines, sequential, share, sum } = await import('@onecopy/core')
const { countByte } = await import('../plugins/count-byte.js')

const engine = sequential()
const data = share('one\ntwo\nthree\n')
const table = share(Float64Array.of(1.5, 2.5))
const out = alloc(Int32Array, 4)
const view = out.view(1, 4)
const chunks = fixed({ size: 4 })

const read = await engine.map(data, (_bytes, { params }) => params.table.view()[1], { chunks, params: { table } })
await engine.map(data, (bytes, { index, params }) => params.out.view().fill(bytes.length, index, index + 1).length, {
  chunks,
  params: { out, list: [new Map([['view', view]])] },
})
const written = [...out.view()]
await engine.map(data, (_bytes, { params }) => params.deep[0]?.fill(7).length, { params: { deep: [view] } })
const [whole] = await engine.map(data, (bytes) => bytes.subarray(1, 3))
const part = await engine.part(data, countByte, { from: 0, to: 1 })

console.log(
  JSON.stringify({
    text: await engine.map(data, (bytes) => String.fromCharCode(...bytes), { chunks: lines({ size: 4 }) }),
    total: await engine.map(data, (bytes) => bytes.length, { chunks }).reduce(sum()),
    listed: await engine.map(data, (_bytes, { index }) => index, { chunks }).reduce(concat()),
    read,
    written,
    viewed: [...out.view()],
    whole: [...(whole ?? [])],
    isSameMemory: whole?.buffer === data.buffer,
    part: encodePart(decodePart(encodePart(part))).length,
  }),
)
