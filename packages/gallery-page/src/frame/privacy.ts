// Shows that nothing leaves the page: how many requests there were since it was loaded, and that the browser refuses new ones.

import { byId } from '../dom.js'

/** Count requests from now on, and let the user try to make one. */
export function watchRequests(): void {
  const counter = byId('requests')
  const answer = byId('try-answer')
  const loaded = performance.now()
  let requests = 0
  const show = (): void => {
    counter.textContent = requests === 1 ? '1 request' : `${requests} requests`
  }
  const observer = new PerformanceObserver((list) => {
    // Workers start from a blob in memory, which is no request to anybody.
    requests += list
      .getEntries()
      .filter(({ name, startTime }) => /^https?:/.test(name) && startTime > loaded && name !== tried).length
    show()
  })
  observer.observe({ type: 'resource', buffered: false })
  show()

  let tried = ''
  byId('try').addEventListener('click', async () => {
    tried = new URL('try-to-send', document.baseURI).href
    try {
      await fetch(tried, { method: 'POST', body: 'some of your data' })
      answer.textContent = 'It was sent! Something is wrong with this page’s security policy.'
    } catch {
      answer.textContent =
        'The browser has refused to send it, because the page’s security policy says connect-src ‘none’.'
    }
  })
}
