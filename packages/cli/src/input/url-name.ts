// Inputs that are URLs.

/** Whether the name of an input is a URL that is read over the network. */
export function isUrlName(name: string): boolean {
  return /^https?:\/\//i.test(name)
}

/** A URL for people, without name, password and query, because they may be secrets. */
export function shownName(name: string): string {
  return name.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')
}
