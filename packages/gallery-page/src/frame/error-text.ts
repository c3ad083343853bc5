// An error in words, for the page.

/** The message of what was thrown. It may be anything, because users write functions on this page. */
export function errorText(thrown: unknown): string {
  if (thrown instanceof Error) {
    // `as`: errors of onecopy have a code.
    const { code } = thrown as { code?: unknown }
    return typeof code === 'string' ? `${code}: ${thrown.message}` : `${thrown.name}: ${thrown.message}`
  }
  return `thrown: ${String(thrown)}`
}
