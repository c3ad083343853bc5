// Canvases that are as sharp as the screen.

/** A canvas of a size in CSS pixels, and its context in the same unit. */
export function sharpContext(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio || 1
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.style.height = `${height}px`
  const context = contextOf(canvas)
  context.setTransform(scale, 0, 0, scale, 0, 0)
  return context
}

/** The context of a canvas. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser cannot draw: canvas has no 2d context')
  return context
}

/** A colour of the page's theme, such as `--ink`. */
export function themeColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** Call `draw` when the colours of the page have changed. */
export function onTheme(draw: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  document.documentElement.addEventListener('theme', draw)
}
