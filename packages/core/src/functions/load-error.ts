// The error of a host that cannot load a module. It is told apart from errors that the module itself throws.

import { OnecopyError } from '../base/errors.js'

/**
 * All errors of this class, each with the URL of its module. It is asked instead of `instanceof`, because a module may import
 * the class and throw one itself.
 */
const made = new WeakMap<object, string>()

/**
 * What a host's `load` throws if it can explain better than the original error why a module cannot be loaded. The caller gets
 * its message as it is. Anything else that `load` throws, even an `OnecopyError`, counts as thrown by the module and becomes
 * the cause.
 */
export class LoadError extends OnecopyError {
  /**
   * Make an `ERR_PLUGIN_LOAD` about one module.
   *
   * @param url - the module's URL, as `load` got it
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
