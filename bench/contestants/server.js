// A program that stays alive and does its job once for each line that it gets, like a warm engine. It measures the job with its
// own clock, without its start and without opening the data.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Timed } from '../case.js'

/** It answers each line with one line of JSON: `{"ms": 1.5, "answer": …}`, and prints `{"ready": true}` when it has started. */
export class Server {
  #child
  #lines

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(command, args, env = process.env) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ready() {
    await this.#next()
    return this
  }

  /** @returns {Promise<Timed>} */
  async run() {
    this.#child.stdin.write('run\n')
    const { ms, answer } = await this.#next()
    return new Timed(answer, ms)
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await ended
  }

  async #next() {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.#child.spawnfile} ended before it had answered`)
    return JSON.parse(value)
  }
}
