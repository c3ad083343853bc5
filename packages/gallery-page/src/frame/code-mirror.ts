// The editor with colours: CodeMirror, with no more of it than a few lines of JavaScript need. It is loaded after the page.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword], color: 'var(--accent)' },
  { tag: [tags.string, tags.regexp, tags.number, tags.bool, tags.null], color: 'var(--good)' },
  { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
])

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--field)' },
  '.cm-content': {
    minHeight: '130px',
    caretColor: 'var(--ink)',
    fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
  },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { color: 'var(--soft)', backgroundColor: 'var(--field)', borderRight: '1px solid var(--line)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'var(--glow) !important' },
})

/** Open an editor in a place. The Tab key leaves it, as the keyboard's users expect. */
export function openCodeMirror(
  parent: HTMLElement,
  label: string,
  text: string,
): { read(): string; write(text: string): void } {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        javascript(),
        // So nothing of the code is out of sight, and there is no bar to scroll by.
        EditorView.lineWrapping,
        syntaxHighlighting(colors),
        theme,
        EditorView.contentAttributes.of({ 'aria-label': label }),
      ],
    }),
  })
  return {
    read: () => view.state.doc.toString(),
    write: (insert) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } }),
  }
}
