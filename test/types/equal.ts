// The type tests' one tool: two types are the same, or the program does not compile.

/** `true` when `A` and `B` are the same type, else `false`. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles when `T` is what `value` is: `expectType<Equal<A, B>>(true)`. */
export function expectType<T extends boolean>(_value: T): void {}
