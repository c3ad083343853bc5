// The task of tinypool and piscina: a module's default export.

export { runTask as default } from './jobs.js'
