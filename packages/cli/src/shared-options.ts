/** Options that mean the same in many commands. */
import { SluiceError } from '@sluice/core';
import { type Given, given, type OptionSpec } from './option.ts';

export const REASON: OptionSpec = { form: '--reason <text>', says: 'why; kept in the history' };
export const NEEDED_REASON: OptionSpec = { ...REASON, isNeeded: true };
export const FORCE: OptionSpec = { form: '--force', says: 'also where a rollout or test owns the share' };
export const IF_REVISION: OptionSpec = {
  form: '--if-revision <n>',
  says: 'only if it is still at this revision',
  type: 'count',
};

export function reasonOf(asked: Given): { readonly reason?: string } {
  return given({ reason: asked.text('reason') });
}

export function revisionOf(asked: Given): { readonly ifRevision?: number } {
  return given({ ifRevision: asked.number('ifRevision') });
}

/** For what a command is given as JSON. @throws SluiceError `invalid` */
export function objectIn(asked: Given, name: string): Readonly<Record<string, unknown>> {
  const value = asked.json(name);
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new SluiceError('invalid', `--${name} must be a JSON object; it is ${JSON.stringify(value)}`);
}
