// Gives the page a language that exists, before uPlot asks for it.
//
// Some browsers are started without a language, and say that it is "C". uPlot makes a number format for the browser's language when it loads,
// and `Intl` throws a RangeError for one that is no language.

try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
