// The door of the examples.
export {}
