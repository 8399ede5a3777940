/** What the library answers, as it would come over the wire: dates as texts. */
import { SluiceError } from '@sluice/core';

export function onWire<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** @throws SluiceError `notFound` */
export function found<T>(value: T | null | undefined, what: string, key: string): T {
  if (value !== null && value !== undefined) return value;
  throw new SluiceError('notFound', `${what} "${key}" does not exist`);
}

/** `force` only where it was said: not every edit takes it. */
export function forced<By extends object>(by: By, { force }: { readonly force?: boolean | undefined }): By {
  return force === undefined ? by : { ...by, force };
}
