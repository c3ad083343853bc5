// The task of the bare pool: what onecopy's chunk function does, one chunk a task.

/** @param {{ buffer: SharedArrayBuffer, start: number, end: number }} task */
export default function lengthTask({ buffer, start, end }) {
  return new Uint8Array(buffer, start, end - start).length
}
