// Gives the method `run` of an engine the options for folders.

import {
  assemble,
  type Engine as CoreEngine,
  type DefinedPlugin,
  type IntoOption,
  type Output,
  type ParamsOption,
  type Plugin,
  type PluginIntoOption,
  type PluginRunOptions,
  type Run,
  type RunOptions,
  type SharedData,
  type SharedMemory,
  type TypedArray,
} from '@onecopy/core'
import { createWorkRun } from '@onecopy/core/host'
import { defineOwn } from '@onecopy/core/lane'
import type { NodeRunOptions } from './contract.js'
import { type AnyNodeOptions, namesFolder, plainOptions, readCall } from './folder-call.js'
import { FolderRun } from './folder-run.js'

/** An engine on Node. Its `run` can keep finished parts in a folder. */
export interface Engine extends CoreEngine {
  /**
   * Run a plugin that writes in place, with an output of the caller's own, which is also the value.
   *
   * @throws {TypeError | RangeError} as `map`; also when the output is not what the plugin writes
   * @example const grey = await engine.run(pixels, greyscale, { into: createFile('grey.raw', Uint8Array, pixels.length / 4) })
   */
  run<P, R, E extends TypedArray, T extends TypedArray, I, O extends Output<E>>(
    data: SharedData<T>,
    plugin: Plugin<P, R, SharedMemory<E>, T, I>,
    options: RunOptions & IntoOption<O> & ParamsOption<I>,
  ): Run<O>
  /**
   * Run a plugin with its own chunker and reducer; without a reducer the value is the list of results. With `checkpoint`, a run
   * goes on after its process was killed. With `incremental`, it computes only what is new in a file that has grown.
   *
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown, and for options that do not go
   *   together
   * @example const { crc } = await engine.run(file('disk.img'), hash, { checkpoint: 'hash.parts' })
   */
  run<P, R, Out, T extends TypedArray, I>(
    data: SharedData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I, NodeRunOptions & PluginIntoOption<Out>>
  ): Run<Out>
}

/** Let `engine.run` take the options of {@link NodeRunOptions}. Changes `engine` itself. */
export function withFolders(engine: CoreEngine): Engine {
  const runPlain = engine.run.bind(engine)
  const run = (...args: [SharedData<TypedArray>, DefinedPlugin, AnyNodeOptions?]): Run<unknown> => {
    const [data, plugin, given] = args
    if (!namesFolder(given)) return runPlain(...args)
    const options = plainOptions(given)
    // Not started. It checks the arguments as for every run.
    const plain = runPlain(data, plugin, options)
    const call = readCall(data, plugin, given)
    if (call === undefined) return plain
    const { count } = assemble(data, plugin, options).plan
    return createWorkRun((events) => new FolderRun(engine, call, count, events))
  }
  defineOwn(engine, 'run', run)
  // `as`: the method above takes what the type says.
  return engine as Engine
}
