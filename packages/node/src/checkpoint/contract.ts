// The options of a run whose finished parts are kept in a folder.

import type { RunOptions } from '@onecopy/core'

/** The options of `run` on Node: those of every run, and where to keep its finished parts. */
export interface NodeRunOptions extends RunOptions {
  /**
   * A folder for the finished parts of this run, as a path or `file:` URL; it is made if it is not there. If the process ends
   * before the run does, however suddenly, the same call goes on with what is missing, on any number of workers, and the answer is
   * the same, bit for bit. At most about a second of work is lost.
   *
   * The folder belongs to one job: one plugin with its code, parameters, data and chunks, one version of onecopy and of Node. For
   * another job the run rejects with `ERR_CHECKPOINT_MISMATCH`, and says what differs. While another run uses the folder, it
   * rejects with `ERR_CHECKPOINT_BUSY`. The folder stays after the run, which can be asked again for its answer; delete it when
   * you need it no more.
   *
   * Data in shared memory is told apart by its SHA-256, which is computed first, on the caller's thread. `verify` is not possible.
   */
  readonly checkpoint?: string | URL | undefined
  /**
   * As `checkpoint`, for a file that grows: the next run with this folder computes only what is new, and the open right edge of
   * the merge tree. The answer is that of a run over the whole file with the chunk size of the first run, bit for bit.
   *
   * The data must be a `file(…)`. The run rejects with `ERR_CHECKPOINT_MISMATCH` if the file was truncated, replaced (inode), or
   * written to other than at its end, as far as the first and last 64 KiB of the old range, the size and the modification time
   * show that. A chunk's result must depend on the chunk alone: not on `chunk.chunks`, `chunk.length` or bytes behind
   * the chunk, because these change as the file grows.
   *
   * If the number of chunks doubles, a plugin that folds is computed anew, because its blocks become larger.
   */
  readonly incremental?: string | URL | undefined
  /**
   * Only with `incremental`: prove by SHA-256 that no byte of the old range has changed. All of it is read for that, on the
   * caller's thread. The folder must have been begun with it; runs without it in between only add the digest of what is new.
   *
   * @default false
   */
  readonly verifyPrefix?: boolean | undefined
}
