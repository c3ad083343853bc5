// What the build makes of `import text from 'worker:…'`: the bundled script as text.
declare module 'worker:*' {
  const text: string
  export default text
}
