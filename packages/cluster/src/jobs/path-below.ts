// The path of a job, which is not trusted: it must lead to a file below the root, also through links.

import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { isError } from '@onecopy/core/lane'
import { refusal } from './refusal.js'

/**
 * The real path that `path` means.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: there is no such file; `ERR_SPAN_REFUSED`: it is not below `root`
 */
export function pathBelow(root: string, path: string): string {
  let real: string
  try {
    real = realpathSync(resolve(root, path))
  } catch (cause) {
    const why = isError(cause) ? cause.message : String(cause)
    throw refusal(`there is no file ${JSON.stringify(path)} below the root: ${why}`, 'ERR_DATA_CHANGED', cause)
  }
  if (!isBelow(realpathSync(root), real)) {
    throw refusal(`the path ${JSON.stringify(path)} is not below the root`)
  }
  return real
}

/** Whether `path` is below the folder `root`. Both are absolute. */
export function isBelow(root: string, path: string): boolean {
  const below = relative(root, path)
  return below !== '' && !/^\.\.([/\\]|$)/.test(below) && !isAbsolute(below)
}
