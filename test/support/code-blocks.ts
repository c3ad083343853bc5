// The code blocks of a Markdown file.

/** A fenced block. */
export interface CodeBlock {
  /** What stands behind the opening fence: `js`, or `ts with-engine`. */
  readonly info: string
  readonly code: string
  /** The line of its first line of code, from 1. */
  readonly line: number
}

/** All fenced blocks of `markdown`, in order; a fence that is never closed is an error. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { info: string; line: number; code: string[] } | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open === undefined) {
      if (line.startsWith('```')) open = { info: line.slice(3).trim(), line: index + 2, code: [] }
    } else if (line === '```') {
      blocks.push({ info: open.info, line: open.line, code: `${open.code.join('\n')}\n` })
      open = undefined
    } else {
      open.code.push(line)
    }
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line} is not closed`)
  return blocks
}

/** The block whose first line says that it is the file `name`. */
export function blockOfFile(markdown: string, name: string): string {
  const block = codeBlocks(markdown).find(({ code }) => code.startsWith(`// ${name}\n`))
  if (block === undefined) throw new Error(`there is no block that starts with "// ${name}"`)
  return block.code
}
