import { describe, expect, it } from 'vitest';
import { isRefusal, type SluiceError } from '../error.ts';
import { flagOf, START } from '../rollout/world.testing.ts';
import { editFlag } from './edit.ts';
import { MAX_EXCLUDED, MAX_NAMES, MAX_PREREQUISITES, MAX_RULES, MAX_VARIANTS } from './flag-limits.ts';
import { parseCondition } from './parse-condition.ts';
import { parseFlagFile } from './parse-file.ts';
import { parseFlagSettings } from './settings.ts';

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`);
const values = (count: number): Record<string, string> => Object.fromEntries(many(count).map((name) => [name, name]));
const rules = (count: number) => many(count).map(() => ({ if: { plan: 'pro' }, variant: 'on' }));
const needing = (count: number) => many(count).map((flag) => ({ flag, variants: ['on'] }));

function settingsIssues(settings: unknown): string[] {
  try {
    parseFlagSettings('f', settings);
    return [];
  } catch (error) {
    return (error as SluiceError).issues.map(({ path, message }) => `${path} ${message}`);
  }
}

function fileIssues(fields: object): string[] {
  const parsed = parseFlagFile({ flags: [{ name: 'f', status: 'disabled', ...fields }] });
  return 'issues' in parsed ? parsed.issues.map(({ path, message }) => `${path} ${message}`) : [];
}

describe('what a flag may hold', () => {
  it.each([
    [
      'rules',
      { rules: rules(MAX_RULES + 1) },
      { rules: rules(MAX_RULES + 1) },
      '/rules may have at most 1000 rules; it has 1001',
    ],
    [
      'variants',
      { variants: values(MAX_VARIANTS + 1) },
      { variants: { values: values(MAX_VARIANTS + 1), off: 'n0', on: 'n1' } },
      'may have at most 1000 variants; it has 1001',
    ],
    [
      'prerequisites',
      { prerequisites: needing(MAX_PREREQUISITES + 1) },
      { prerequisites: needing(MAX_PREREQUISITES + 1) },
      '/prerequisites may have at most 100 prerequisites; it has 101',
    ],
    [
      'users',
      { enabledUsers: many(MAX_NAMES + 1) },
      { enabled_users: many(MAX_NAMES + 1) },
      'may have at most 100000 names; it has 100001; more belong into a segment',
    ],
    [
      'values of a condition',
      { conditions: { id: many(MAX_NAMES + 1) } },
      { conditions: { id: { in: many(MAX_NAMES + 1) } } },
      'must be a list of at most 100000 texts, numbers or booleans; it is a list of 100001',
    ],
  ])('is bounded in its %s, in code and in the file', (_, settings, fields, said) => {
    expect(settingsIssues(settings)).toEqual([expect.stringContaining(said)]);
    expect(fileIssues(fields)).toEqual([expect.stringContaining(said)]);
  });

  it('may be as much as the limits say', () => {
    expect(
      settingsIssues({ rules: rules(MAX_RULES), enabledUsers: many(MAX_NAMES), disabledUsers: many(MAX_NAMES + 1) }),
    ).toEqual([]);
    expect(
      fileIssues({ rules: rules(MAX_RULES), variants: { values: { ...values(MAX_VARIANTS - 1), on: 1 }, off: 'n0', on: 'on' } }),
    ).toEqual([]);
    expect(fileIssues({ disabled_users: many(MAX_EXCLUDED + 1) })).toHaveLength(1);
    expect(parseCondition({ any: many(MAX_NAMES + 1).map(() => ({})) }, '')).toMatchObject({
      issues: [{ path: '/any', message: 'may have at most 100000 conditions; it has 100001' }],
    });
  });

  it('takes no further user by name beyond the limit, and excludes whoever is to be excluded', () => {
    const full = flagOf({ enabledUsers: many(MAX_NAMES) });
    const refused = editFlag(full, { type: 'addUser', userId: 'one more' }, START);
    expect(isRefusal(refused) && refused.refused).toContain('may have at most 100000 names; it has 100001');
    expect(isRefusal(editFlag(full, { type: 'exclude', userIds: many(3) }, START))).toBe(false);
    expect(isRefusal(editFlag(full, { type: 'removeUser', userId: 'n1' }, START))).toBe(false);
  });
});
