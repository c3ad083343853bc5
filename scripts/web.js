// Builds the gallery's page and serves it: `npm run web`. With `--build`, only builds it.

import { buildPage, site } from './build-page.js'
import { serve } from './serve-page.js'

const args = process.argv.slice(2)
await buildPage()
if (args.includes('--build')) {
  console.log(`The page is in ${site}. Any web server can serve it.`)
} else {
  const port = Number(args[0] ?? process.env.PORT ?? 8080)
  let served
  try {
    served = await serve(site, { port })
  } catch (error) {
    // Another program has that port.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    served = await serve(site)
  }
  console.log(`The gallery: ${served.url}\nCtrl+C ends it.`)
}
