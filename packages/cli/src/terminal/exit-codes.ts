// The meanings of the command's exit codes. The help and the README list them.

/** All went well. */
export const exitOk = 0
/** A run failed, a law is broken, or something could not be loaded or opened. */
export const exitFailed = 1
/** The call was wrong, and nothing was started. */
export const exitUsage = 2

/** The text that each help ends with. */
export const exitCodesText: string = `Exit codes: 0 all went well; 1 a run failed or a law is broken; 2 the call was wrong;
130 ended by ctrl-C, 143 by SIGTERM.`
