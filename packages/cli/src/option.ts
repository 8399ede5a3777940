/** Options of commands: how each is written, read and told. */
import { SluiceError, shown } from '@sluice/core';
import { parseDuration } from './duration.ts';

export interface OptionSpec {
  /** As in `--percentage <0-100>`; without a value it is a switch. */
  readonly form: string;
  readonly says: string;
  readonly type?: keyof typeof READERS;
  /** Given more than once, all count. */
  readonly isList?: boolean;
  readonly isNeeded?: boolean;
}

type Reading = { readonly value: unknown } | string;

const number = (text: string, least: number, most: number): Reading => {
  const value = text.trim() === '' ? Number.NaN : Number(text.replace(/\s*%$/, ''));
  return value >= least && value <= most ? { value } : `must be a number from ${least} to ${most}`;
};

export const READERS = {
  text: (text: string): Reading => (text === '' ? 'must not be empty' : { value: text }),
  /** Who may be named in a path of the server. */
  unit: (text: string): Reading =>
    text.length >= 1 && text.length <= 1024 ? { value: text } : 'must be a text of 1 to 1024 characters',
  /** Takes things away where it is empty. */
  textOrNothing: (text: string): Reading => ({ value: text }),
  percentage: (text: string): Reading => number(text, 0, 100),
  fraction: (text: string): Reading => number(text, 0, 1),
  count: (text: string): Reading => (/^\d{1,9}$/.test(text) ? { value: Number(text) } : 'must be a whole number'),
  number: (text: string): Reading => number(text, -1e15, 1e15),
  percentages: (text: string): Reading => {
    const read = text.split(',').map((part) => number(part, 0, 100));
    const bad = read.find((one) => typeof one === 'string');
    return bad === undefined ? { value: read.map((one) => (one as { value: number }).value) } : `${bad}, separated by commas`;
  },
  duration: (text: string): Reading => {
    const value = parseDuration(text);
    return value === null ? 'must be a duration such as 90s, 10m, 1h30m or 2d' : { value };
  },
  json: (text: string): Reading => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch (error) {
      return `must be JSON: ${(error as Error).message}`;
    }
  },
} as const;

/** `--percentage` of `--percentage <0-100>`. */
export function flagOf({ form }: OptionSpec): string {
  return form.split(' ')[0] ?? form;
}

/** `dryRun` of `--dry-run`. */
export function nameOfOption(spec: OptionSpec): string {
  return flagOf(spec)
    .replace(/^--/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** @throws SluiceError `invalid` naming the option, the value and what would be right */
export function readOption(spec: OptionSpec, text: string): unknown {
  const read = READERS[spec.type ?? 'text'](text);
  if (typeof read !== 'string') return read.value;
  throw new SluiceError('invalid', `${flagOf(spec)} ${read}; it is ${shown(text)}`, {
    issues: [{ path: flagOf(spec), message: read }],
  });
}

/** Who gets what it is given: the arguments and options of one call. */
export class Given {
  readonly #args: Readonly<Record<string, unknown>>;
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(args: Readonly<Record<string, unknown>>, options: Readonly<Record<string, unknown>>) {
    this.#args = args;
    this.#options = options;
  }

  /** An argument that the command needs. */
  arg(name: string): string {
    return String(this.#args[name]);
  }

  optionalArg(name: string): string | undefined {
    return this.#args[name] as string | undefined;
  }

  text(name: string): string | undefined {
    return this.#options[name] as string | undefined;
  }

  /** Null where an empty text takes it away: the parser of the command line keeps no null. */
  textOrNull(name: string): string | null | undefined {
    const text = this.text(name);
    return text === '' ? null : text;
  }

  number(name: string): number | undefined {
    return this.#options[name] as number | undefined;
  }

  numbers(name: string): readonly number[] | undefined {
    return this.#options[name] as readonly number[] | undefined;
  }

  list(name: string): readonly string[] | undefined {
    return this.#options[name] as readonly string[] | undefined;
  }

  json(name: string): unknown {
    return this.#options[name];
  }

  /** Whether the switch is on. */
  has(name: string): boolean {
    return this.#options[name] !== undefined && this.#options[name] !== false;
  }
}

/** Without the members that are undefined: an option that was not given must not be sent. */
export function given<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
