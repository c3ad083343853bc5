// Runs in any browser, also in those that cannot read the page's program: says what to do if the program has not started.
window.addEventListener('load', () => {
  setTimeout(() => {
    if (document.documentElement.getAttribute('data-started') !== null) return
    var list = document.getElementById('missing-list')
    list.textContent =
      'The program of this page has not started. It needs Chrome 98, Firefox 114 or Safari 16.4, or later ones.'
    document.getElementById('missing').hidden = false
  }, 0)
})
