/** What is asked for by its key, or the problem that it is not there. */
import { SluiceError } from 'sluice';

/** @throws SluiceError `notFound` */
export function found<T>(value: T | null | undefined, what: string, key: string): T {
  if (value !== null && value !== undefined) return value;
  throw new SluiceError('notFound', `${what} "${key}" does not exist`);
}
