// What the page needs of a browser, and what to do where it is missing.

/** The part of the global scope that is looked at. */
export interface Scope {
  readonly isSecureContext?: boolean
  readonly crossOriginIsolated?: boolean
  readonly SharedArrayBuffer?: unknown
  readonly Worker?: unknown
  readonly navigator?: { readonly locks?: unknown }
}

/** Something that is missing. */
export interface Missing {
  readonly what: string
  readonly cure: string
}

/** What is missing in a browser and page; an empty list if nothing is. */
export function missingIn(scope: Scope): Missing[] {
  if (scope.Worker === undefined || scope.navigator === undefined)
    return [{ what: 'Web Workers', cure: 'Use Chrome 98, Firefox 114 or Safari 16.4, or later ones.' }]
  if (scope.isSecureContext === false)
    return [
      {
        what: 'A secure address',
        cure: 'Open the page by https, or from this machine as http://127.0.0.1 or http://localhost.',
      },
    ]
  if (scope.crossOriginIsolated !== true)
    return [
      {
        what: 'Cross-origin isolation, without which browsers give no shared memory to pages',
        cure:
          'Serve the page with the headers “Cross-Origin-Opener-Policy: same-origin” and “Cross-Origin-Embedder-Policy: ' +
          'require-corp”, or use “npm run web”, which does so. On a static host, the page’s service worker adds them: allow ' +
          'service workers for this site (private windows may forbid them), and reload.',
      },
    ]
  if (scope.SharedArrayBuffer === undefined)
    return [
      {
        what: 'Shared memory (SharedArrayBuffer)',
        cure: 'Use Chrome 98, Firefox 114 or Safari 16.4, or later ones. The web views of some apps have none.',
      },
    ]
  if (scope.navigator.locks === undefined)
    return [{ what: 'Web Locks', cure: 'Use Chrome 98, Firefox 114 or Safari 16.4, or later ones.' }]
  return []
}
