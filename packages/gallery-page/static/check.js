// Runs in any browser, also in those that cannot read the page's program: says what to do if the program has not started.
// biome-ignore-all lint/complexity/useArrowFunction: old browsers have no arrow functions
// biome-ignore-all lint/style/useTemplate: old browsers have no template literals

var firstError = ''
window.addEventListener('error', function (event) {
  firstError = firstError || event.message || ''
})
window.addEventListener('load', function () {
  setTimeout(function () {
    if (document.documentElement.getAttribute('data-started') !== null) return
    document.getElementById('missing-list').textContent =
      'The program of this page has not started. It needs Chrome 98, Firefox 114 or Safari 16.4, or later ones.' +
      (firstError === '' ? '' : ' The browser says: ' + firstError)
    document.getElementById('missing').hidden = false
  }, 0)
})
