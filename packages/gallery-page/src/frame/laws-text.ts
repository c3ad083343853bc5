// The script of the law checker. It is large, so it is loaded after the page.

import text from 'worker:../laws-worker.ts'

export const lawsText: string = text
