// Makes the page's workers from the text of their scripts, which is part of the page. So no request is made when they start.

import lanesText from 'worker:../lanes.ts'

let lanesUrl: string | undefined
let number = 0

/** A worker for the engine. */
export function laneWorker(): Worker {
  lanesUrl ??= urlOf(lanesText)
  return new Worker(lanesUrl, { type: 'module', name: `onecopy ${++number}` })
}

let lawsUrl: Promise<string> | undefined

/** Load the script of the law checker, if that has not been done. */
export function loadLaws(): Promise<string> {
  lawsUrl ??= import('./laws-text.js').then(({ lawsText }) => urlOf(lawsText))
  return lawsUrl
}

/** A worker that checks laws. */
export async function lawsWorker(): Promise<Worker> {
  return new Worker(await loadLaws(), { type: 'module', name: 'law checker' })
}

function urlOf(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
}
