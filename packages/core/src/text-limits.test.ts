import { describe, expect, it } from 'vitest';
import type { SluiceError } from './error.ts';
import { parseTestSettings } from './experiment/settings.ts';
import { newFlag } from './flag/edit.ts';
import { MAX_CONDITION_TEXT, MAX_KEY_BYTES } from './flag/flag-limits.ts';
import { parseFlagFile } from './flag/parse-file.ts';
import { parseFlagSettings } from './flag/settings.ts';
import { MAX_VALUE_BYTES } from './flag/variant-values.ts';
import { parseFreezeWindows } from './rollout/start-settings.ts';
import { DEFAULT_SCOPE } from './scope.ts';
import { parseSegmentSettings } from './segment/settings.ts';
import { fittedReason, MAX_LABEL_LENGTH, MAX_TAGS, MAX_TEXT_LENGTH } from './text-limits.ts';
import { formatFlagEntry, parseFlagEntry } from './transfer/transfer-flag.ts';

const said = (issues: readonly { path: string; message: string }[]): string[] =>
  issues.map(({ path, message }) => `${path} ${message}`);
function thrown(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return said((error as SluiceError).issues);
  }
}
const inCode = (settings: object): string[] => thrown(() => parseFlagSettings('f', settings));
function inFile(fields: object): string[] {
  const parsed = parseFlagFile({ flags: [{ name: 'f', status: 'enabled', ...fields }] });
  return 'issues' in parsed ? said(parsed.issues) : [];
}
function inDocument(settings: object): string[] {
  const entry = { ...formatFlagEntry(newFlag('f', DEFAULT_SCOPE, 0)), ...settings };
  const parsed = parseFlagEntry(entry, '', DEFAULT_SCOPE, 0);
  return 'kind' in parsed ? [] : said(parsed);
}
const x = (count: number): string => 'x'.repeat(count);
const values = (on: unknown) => ({ off: false, on });
const asFile = (settings: Record<string, unknown>): object => {
  const { bucketBy, enabledUsers, variants, ...rest } = settings;
  return {
    ...rest,
    ...(bucketBy === undefined ? {} : { bucket_by: bucketBy }),
    ...(enabledUsers === undefined ? {} : { enabled_users: enabledUsers }),
    ...(variants === undefined ? {} : { variants: { values: variants, off: 'off', on: 'on' } }),
  };
};

describe('a text that people write into a record', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      'description',
      { description: x(MAX_TEXT_LENGTH) },
      { description: x(MAX_TEXT_LENGTH + 1) },
      'at most 10000 characters; it has 10001',
    ],
    ['owner', { owner: x(MAX_LABEL_LENGTH) }, { owner: x(MAX_LABEL_LENGTH + 1) }, 'at most 256 characters; it has 257'],
    ['salt', { salt: x(MAX_LABEL_LENGTH) }, { salt: x(MAX_LABEL_LENGTH + 1) }, 'at most 256 characters; it has 257'],
    ['bucketBy', { bucketBy: x(MAX_LABEL_LENGTH) }, { bucketBy: x(MAX_LABEL_LENGTH + 1) }, 'at most 256 characters; it has 257'],
    [
      'tag',
      { tags: [x(MAX_LABEL_LENGTH)] },
      { tags: ['a', x(MAX_LABEL_LENGTH + 1)] },
      'tags/1 may have at most 256 characters; it has 257',
    ],
    [
      'number of tags',
      { tags: Array.from({ length: MAX_TAGS }, (_, index) => `${index}`) },
      { tags: Array.from({ length: MAX_TAGS + 1 }, (_, index) => `${index}`) },
      'tags may have at most 100 tags; it has 101',
    ],
    ['user', { enabledUsers: [x(MAX_KEY_BYTES)] }, { enabledUsers: [x(MAX_KEY_BYTES + 1)] }, 'at most 1024 bytes; it has 1025'],
    [
      'value of a variant',
      { variants: values(x(MAX_VALUE_BYTES - 2)) },
      { variants: values({ a: x(MAX_VALUE_BYTES) }) },
      '/on may have at most 65536 bytes as JSON; it has 65544',
    ],
    [
      'name of a variant',
      { variants: { ...values(1), [x(MAX_LABEL_LENGTH)]: 1 } },
      { variants: { ...values(1), [x(MAX_LABEL_LENGTH + 1)]: 1 } },
      'its name may have at most 256 characters; it has 257',
    ],
    [
      'text of a condition',
      { conditions: { plan: { eq: x(MAX_CONDITION_TEXT) } } },
      { conditions: { plan: { eq: x(MAX_CONDITION_TEXT + 1) } } },
      '/conditions/plan/eq may have at most 4096 characters; it has 4097',
    ],
    [
      'list of a condition',
      { conditions: { plan: [x(MAX_CONDITION_TEXT)] } },
      { conditions: { all: [{ plan: ['a', x(MAX_CONDITION_TEXT + 1)] }] } },
      '/conditions/all/0/plan/1 may have at most 4096 characters; it has 4097',
    ],
    [
      'attribute of a condition',
      { conditions: { [x(MAX_CONDITION_TEXT)]: 1 } },
      { conditions: { [x(MAX_CONDITION_TEXT + 1)]: 1 } },
      'whose name may have at most 4096 characters; it has 4097',
    ],
  ])('is bounded as %s, in code, file and document alike', (_, fits, isTooLong, message) => {
    expect([inCode(fits), inFile(asFile(fits)), inDocument(fits)]).toEqual([[], [], []]);
    for (const issues of [inCode(isTooLong), inFile(asFile(isTooLong)), inDocument(isTooLong)])
      expect(issues).toEqual([expect.stringContaining(message)]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ description: 'ab\ud800' }, '/description must be well-formed Unicode; at index 2'],
    [{ owner: '\udc00' }, '/owner must be well-formed Unicode; at index 0'],
    [{ tags: ['ok', '💧\ud83d'] }, '/tags/1 must be well-formed Unicode; at index 2'],
    [{ variants: values({ a: ['ok', 'x\ud800'] }) }, '/on/a/1 must be well-formed Unicode; at index 1'],
    [{ variants: values({ 'k\ud800': 1 }) }, 'has the key "k\\ud800", which must be well-formed Unicode; at index 1'],
    [{ variants: { ...values(1), '\ud800': 1 } }, 'has the variant "\\ud800"; its name must be well-formed Unicode; at index 0'],
  ])('has no half of a surrogate pair, in code, file and document alike: %j', (settings, message) => {
    for (const issues of [inCode(settings), inFile(asFile(settings)), inDocument(settings)])
      expect(issues).toEqual([expect.stringContaining(message)]);
    expect(inCode({ description: 'well 💧', variants: values('💧') })).toEqual([]);
  });

  it('is bounded in segments, tests and freeze windows as well', () => {
    const settings = { description: `${x(MAX_TEXT_LENGTH)}y`, tags: ['\ud800'] };
    const issues = [
      expect.stringContaining('/description may have at most 10000 characters; it has 10001'),
      expect.stringContaining('/tags/0 must be well-formed Unicode; at index 0'),
    ];
    expect(thrown(() => parseSegmentSettings('s', settings))).toEqual(issues);
    const arms = { testId: 't', controlComponent: 'a', treatmentComponent: 'b' };
    expect(thrown(() => parseTestSettings({ ...arms, ...settings }))).toEqual(issues);
    expect(thrown(() => parseFreezeWindows([{ from: 1, to: 2, reason: settings.description }]))).toEqual([
      '/freezeWindows/0/reason may have at most 10000 characters; it has 10001',
    ]);
  });
});

it('of what must not fail for its reason, as much is kept as can be', () => {
  expect(fittedReason('pager 💧')).toBe('pager 💧');
  expect(fittedReason('a\ud800b')).toBe('a\ufffdb');
  expect(fittedReason(x(1_000_000))).toHaveLength(MAX_TEXT_LENGTH);
  expect(fittedReason(`${x(MAX_TEXT_LENGTH - 2)}💧💧`)).toBe(`${x(MAX_TEXT_LENGTH - 2)}\ufffd…`);
});
