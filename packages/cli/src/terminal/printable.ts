// Text of others made harmless: file names, messages and data may hold codes that a terminal obeys.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal from within a line
const control = /[\u0000-\u001f\u007f-\u009f]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, but for tabs and line ends
const controlInLines = /(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text in one line, in which nothing moves a terminal's cursor: `\n` and `\u001b` stand there as they are written in JavaScript. */
export function printable(text: string): string {
  return text.replace(control, escaped)
}

/** The same for text of several lines: tabs, line feeds and the carriage returns before these stay as they are. */
export function printableLines(text: string): string {
  return text.replace(controlInLines, escaped)
}

/** JSON in which nothing moves a terminal's cursor either: `JSON.stringify` leaves the codes from U+007F to U+009F as they are. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, escaped)
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1)
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : json
}
