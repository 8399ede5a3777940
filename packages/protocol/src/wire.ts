/** What becomes of a value on the wire: a Date its text, a function nothing. */
export type Wire<T> = T extends Date
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Member)[]
      ? readonly Wire<Member>[]
      : T extends object
        ? { readonly [Key in keyof T as T[Key] extends (...args: never) => unknown ? never : Key]: Wire<T[Key]> }
        : T;

/** As it is read: nobody changes an answer. */
export type DeepReadonly<T> = T extends readonly (infer Member)[]
  ? readonly DeepReadonly<Member>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
