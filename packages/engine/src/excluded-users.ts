/** Whom a targeted rollback may name. */
import { type Issue, isUsableKey, SluiceError } from '@sluice/core';
import { describeValue } from './failure.ts';

const USERS = 'a text of 1 byte to 1 KiB, or a whole number';

/** Users are named as units are keyed: a whole number is its digits. @throws SluiceError `invalid` naming every value that is none; `call` is for the message */
export function checkedUserIds(call: string, userIds: unknown): readonly string[] {
  if (!Array.isArray(userIds) || userIds.length === 0) {
    const found = Array.isArray(userIds) ? 'empty' : describeValue(userIds);
    throw new SluiceError('invalid', `${call} needs userIds, a list of at least one user id; it is ${found}`, {
      issues: [{ path: '/userIds', message: 'must name users' }],
    });
  }
  const issues = userIds.flatMap((userId: unknown, index): Issue[] =>
    isUsableKey(userId) && userId !== ''
      ? []
      : [{ path: `/userIds/${index}`, message: `must be ${USERS}; it is ${describeValue(userId)}` }],
  );
  if (issues.length > 0)
    throw new SluiceError('invalid', `${call}: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`, {
      issues,
    });
  return userIds.map(String);
}
