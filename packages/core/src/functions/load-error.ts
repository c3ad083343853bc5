// What a host says of a module that it cannot load, told apart from what the module itself throws.

import { OnecopyError } from '../base/errors.js'

/** All that were made, with the module that each is about. Asked instead of `instanceof`: a module may import the class, too. */
const made = new WeakMap<object, string>()

/**
 * What a host's `load` throws where it knows better than the module's own error why the module cannot be loaded. Its message
 * reaches the caller as it is. Whatever else `load` throws is the module's, also an `OnecopyError`: it becomes the cause.
 */
export class LoadError extends OnecopyError {
  /**
   * An `ERR_PLUGIN_LOAD` about one module.
   *
   * @param url - the module's, as `load` was given it
   */
  constructor(url: string, message: string, details: { cause?: unknown } = {}) {
    super('ERR_PLUGIN_LOAD', message, details)
    made.set(this, url)
  }
}

/** Whether something thrown is a {@link LoadError} about the module `url`. */
export function isLoadError(thrown: unknown, url: string): thrown is LoadError {
  return typeof thrown === 'object' && thrown !== null && made.get(thrown) === url
}
