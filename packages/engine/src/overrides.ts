/** What one process serves otherwise than it is kept. Never kept anywhere, never counted. */
import { readFileSync } from 'node:fs';
import { isJsonObject, nearest, type Override, SluiceError } from '@sluice/core';
import { describeFailure, describeValue } from './failure.ts';
import type { LiveFlag } from './live-flag.ts';
import type { Logger } from './logger.ts';
import { nameOf } from './names.ts';
import type { View } from './view.ts';

/** By flag: a variant's name, or true for on and false for off. */
export type OverrideSettings = Readonly<Record<string, Override>>;

/** Holds such overrides as JSON, or the path of a file that does. */
export const OVERRIDES_VARIABLE = 'SLUICE_OVERRIDES';

interface OverridesOptions {
  readonly view: View;
  readonly logger: Logger;
  /** Called before a flag is served otherwise. */
  readonly beforeFlag: (live: LiveFlag) => void;
}

export class Overrides {
  readonly #options: OverridesOptions;
  readonly #values = new Map<string, Override>();
  #isTold = false;

  constructor(options: OverridesOptions) {
    this.#options = options;
  }

  setAll(values: OverrideSettings): void {
    for (const [name, value] of Object.entries(values)) this.#put(name, value);
    if (this.#values.size > 0) this.#warn();
  }

  /** @throws SluiceError `invalid` when the flag is there and has no such variant */
  set(name: string, value: Override): void {
    this.#put(name, value);
    this.#warn();
  }

  #put(name: string, value: Override): void {
    const key = nameOf(name, 'flag name');
    const { view, beforeFlag } = this.#options;
    if (typeof value !== 'boolean' && (typeof value !== 'string' || value === ''))
      throw invalid(key, `must be true, false, or the name of a variant; it is ${describeValue(value)}`);
    const variants = Object.keys(view.flag(key)?.variants ?? {});
    if (typeof value === 'string' && variants.length > 0 && !variants.includes(value))
      throw invalid(key, `must be true, false, or one of its variants; it is "${value}"${nearest(value, variants)}`);
    this.#values.set(key, value);
    view.override(key, value, beforeFlag);
  }

  /** Serves what is kept again: this flag, or all. */
  clear(name?: string): void {
    const { view, beforeFlag } = this.#options;
    for (const key of name === undefined ? [...this.#values.keys()] : [name])
      if (this.#values.delete(key)) view.override(key, null, beforeFlag);
  }

  list(): OverrideSettings {
    return Object.fromEntries(this.#values);
  }

  /** Once for the process: whoever wonders why it serves what it does finds it in the log. */
  #warn(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.logger.warn(
      `overrides are in effect in this process, and flags serve other than they are kept: ${[...this.#values]
        .map(([name, value]) => `${name} = ${String(value)}`)
        .join(', ')}`,
    );
  }
}

function invalid(name: string, message: string): SluiceError {
  return new SluiceError('invalid', `override of "${name}": ${message}`, { issues: [{ path: `/${name}`, message }] });
}

/**
 * The overrides of the option, over those that the environment names; the latter are left out in production, where a variable that
 * somebody forgot must not decide.
 * @throws SluiceError `invalid` when they cannot be read
 */
export function readOverrides(
  option: OverrideSettings | string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): OverrideSettings {
  const named = environment[OVERRIDES_VARIABLE]?.trim() ?? '';
  const isProduction = environment.NODE_ENV === 'production';
  if (named !== '' && isProduction) logger.warn(`${OVERRIDES_VARIABLE} is left out, because NODE_ENV is production`);
  const fromEnvironment =
    named === '' || isProduction ? {} : named.startsWith('{') ? parsed(OVERRIDES_VARIABLE, named) : fromFile(named);
  const given = typeof option === 'string' ? fromFile(option) : checked('/overrides', option ?? {});
  return { ...fromEnvironment, ...given };
}

function fromFile(path: string): OverrideSettings {
  try {
    return parsed(path, readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('invalid', `the overrides in ${path} cannot be read: ${describeFailure(error)}`, { cause: error });
  }
}

function parsed(place: string, text: string): OverrideSettings {
  try {
    return checked(place, JSON.parse(text));
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('invalid', `${place} must hold JSON such as {"new_model": true}: ${describeFailure(error)}`, {
      cause: error,
    });
  }
}

function checked(place: string, value: unknown): OverrideSettings {
  if (isJsonObject(value)) return value as OverrideSettings;
  const message = `must be an object such as {"new_model": true, "theme": "dark"}; it is ${describeValue(value)}`;
  throw new SluiceError('invalid', `${place} ${message}`, { issues: [{ path: place, message }] });
}
