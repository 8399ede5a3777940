/** The flags that a program declares, for the compiler: by name, the type of the values. */
import type { Evaluation } from './evaluate.ts';

/** Nothing is declared: any name will do, and any value. */
export type AnyFlags = Readonly<Record<string, unknown>>;

export type FlagName<Flags extends object> = Extract<keyof Flags, string>;

type IsDeclared<Flags extends object> = string extends keyof Flags ? false : true;

/**
 * The names of a flag's variants: `off` and `on` where its values are booleans; where they are literal texts, those, so such variants are to be
 * named as their values; else any text.
 */
export type VariantName<Flags extends object, Name extends FlagName<Flags>> =
  IsDeclared<Flags> extends false
    ? string
    : [Flags[Name]] extends [boolean]
      ? 'off' | 'on'
      : [Flags[Name]] extends [string]
        ? Flags[Name]
        : string;

/** What a caller may fall back on. */
export type FallbackFor<Flags extends object, Name extends FlagName<Flags>> =
  IsDeclared<Flags> extends false ? unknown : Flags[Name];

export type EvaluationFor<Flags extends object, Name extends FlagName<Flags>, Fallback> =
  IsDeclared<Flags> extends false ? Evaluation<Fallback> : Omit<Evaluation, 'value'> & { readonly value: Flags[Name] };
