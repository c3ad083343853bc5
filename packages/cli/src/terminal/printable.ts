// Makes text from outside harmless: file names, messages and data may contain control characters for a terminal.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal from within a line
const control = /[\u0000-\u001f\u007f-\u009f]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, but for tabs and line ends
const controlInLines = /(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text on one line without control characters: `\n` and `\u001b` are shown as JavaScript writes them. */
export function printable(text: string): string {
  return text.replace(control, escaped)
}

/** The same for text of several lines. Tabs, line feeds and the carriage returns before them stay. */
export function printableLines(text: string): string {
  return text.replace(controlInLines, escaped)
}

/** JSON without control characters: `JSON.stringify` does not escape U+007F to U+009F. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, escaped)
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1)
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : json
}
