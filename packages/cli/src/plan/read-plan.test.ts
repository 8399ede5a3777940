import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planSchema } from './plan-schema.ts';
import { CRITERION, FLAG_SETTINGS, ROLLOUT, SCHEDULED, SEGMENT, STAGE, WINDOW, type Words } from './plan-words.ts';
import { readPlan } from './read-plan.ts';

const HEAD = 'version: 1\nflags:\n';
/** A plan of one flag; its rollout begins at line 5, and what is given stands at line 6 and column 7. */
const rollout = (...lines: string[]): string =>
  `${HEAD}  - name: model\n    owner: nlp\n    rollout:\n${lines.map((line) => `      ${line}\n`).join('')}`;

function faultsOf(text: string): string[] {
  const read = readPlan(text);
  return 'faults' in read ? read.faults.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`) : [];
}

describe('a plan that is wrong', () => {
  it.each([
    [
      'an unknown key',
      rollout('strategy: canary', 'unvalidated: true', 'bakke: 10m'),
      '8:7 /flags/0/rollout/bakke "bakke" is not a setting of a rollout (did you mean "bake"?)',
    ],
    [
      'an unknown key of the whole',
      'version: 1\nflag: []\nflags: []\n',
      '2:1 /flag "flag" is not a part of a plan (did you mean "flags"?)',
    ],
    [
      'an unknown key of a flag',
      `${HEAD}  - name: model\n    enabled_user: [ann]\n`,
      '4:5 /flags/0/enabled_user "enabled_user" is not a setting of a flag (did you mean "enabled_users"?)',
    ],
    [
      'a percentage out of range',
      `${HEAD}  - name: model\n    rollout_percentage: 110\n`,
      '4:25 /flags/0/rollout_percentage must be from 0 to 100; it is 1',
    ],
    [
      'a percentage of a stage out of range',
      rollout('strategy: percentage', 'unvalidated: true', 'stages: [5, 120]'),
      '8:19 /flags/0/rollout/stages/1 must be from 0 to 100; it is 1',
    ],
    [
      'descending percentages',
      rollout('strategy: percentage', 'unvalidated: true', 'stages: [50, 10, 100]'),
      '8:20 /flags/0/rollout/stages/1 must be above the stage before it, 50 %; it is 10 %',
    ],
    [
      'a ring without groups',
      rollout('strategy: ring', 'unvalidated: true', 'stages:', '  - percentage: 1', '  - percentage: 100'),
      '9:11 /flags/0/rollout/stages/0 is a ring without groups',
    ],
    [
      'an unknown criterion',
      rollout('strategy: canary', 'criteria:', '  - { metric: errrRate, max: 0.05 }'),
      '8:21 /flags/0/rollout/criteria/0/metric must be errorRate, p50',
    ],
    [
      'an unknown key of a criterion',
      rollout('strategy: canary', 'criteria:', '  - { metric: errorRate, maxx: 1 }'),
      '8:32 /flags/0/rollout/criteria/0/maxx "maxx" is not a setting of a criterion (did you mean "max"?)',
    ],
    [
      'a bound in percent',
      rollout('strategy: canary', 'criteria:', '  - { metric: errorRate, max: 5 }'),
      '8:37 /flags/0/rollout/criteria/0/max must be a fraction from 0 to 1; 0.05 is 5 %; it is 5',
    ],
    ['a flag twice', `${HEAD}  - name: model\n  - name: model\n`, '4:11 /flags/1/name is "model" again, which /flags/0 has'],
    ['a key twice', 'version: 1\nversion: 1\nflags: []\n', '2:1 /version is a key that stands here already'],
    ['a tab', 'version: 1\nflags:\n\t- name: model\n', '3:1  is indented by a tab'],
    [
      'a duration without a unit',
      rollout('strategy: canary', 'unvalidated: true', 'bake: 10'),
      '8:13 /flags/0/rollout/bake must be a duration such as 90s, 10m, 1h30m or 2d; it is 10',
    ],
    [
      'a window of the plan that is none',
      `${HEAD}  - name: model\nfreeze_windows:\n  - weekly: { days: [someday], from: "1:00", to: "02:00", time_zone: UTC }\n`,
      '5:21 /freeze_windows/0/weekly/days must be a list of sun',
    ],
    [
      'a strategy that is none',
      rollout('strategy: cannary', 'unvalidated: true'),
      '6:17 /flags/0/rollout/strategy must be one of canary',
    ],
    [
      'nothing that judges',
      rollout('strategy: canary'),
      '6:7 /flags/0/rollout nothing would judge this rollout: give `validator`, `criteria`',
    ],
    [
      'a rollout of a flag that shall be off',
      `${HEAD}  - name: model\n    enabled: false\n    rollout: { strategy: canary, unvalidated: true }\n`,
      '5:5 /flags/0/rollout moves a flag that shall be off',
    ],
    ['no version', 'flags: []\n', '1:1 /version must be 1; it is missing'],
    ['no mapping at all', 'just words\n', '1:1  must be a mapping'],
    ['broken YAML', 'version: 1\nflags: [\n', '3:1  '],
    ['an alias of nothing', 'version: 1\nflags: *none\n', '2:8 /flags is an alias of no anchor before it'],
    [
      'a name with a control character',
      `${HEAD}  - { name: "a\\0b" }\n`,
      '3:13 /flags/0/name must have no line break and no control character; at index 1 is U+0000',
    ],
    [
      'a window that names no instant',
      `${HEAD}  - name: model\nfreeze_windows: [{ from: 2027-12-20, to: 2028-01-03 }]\n`,
      '4:18 /freeze_windows/0 must go from an instant such as "2027-01-31T08:00:00Z" to a later one; it goes from "2027-12-20"',
    ],
    ['a condition that is malformed', `${HEAD}  - name: model\n    conditions: { plan: { contians: pro } }\n`, '4:'],
    [
      'a notification without a url',
      `${HEAD}  - name: model\nnotifications:\n  - key: chat\n`,
      '5:5 /notifications/0 needs a key and a url',
    ],
    ['a variant that is not there', `${HEAD}  - name: model\n    on_variant: blue\n`, '4:17 /flags/0/on_variant'],
  ])('because of %s is told so, with its place and what would be right', (_name, text, fault) => {
    expect(faultsOf(text)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
    expect(faultsOf(text)[0]).toContain(fault);
  });

  it('is told all faults at once, in the order of the lines', () => {
    const faults = faultsOf(
      rollout('strategy: canary', 'bake: soon', 'criteria:', '  - { metric: nothing, max: 1 }').replace('owner: nlp', 'owner: 7'),
    );
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['4', '7']);
  });

  it('and multiplies itself by aliases is refused before it fills the memory', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `x${level + 1}: &x${level + 1} [*x${level}, *x${level}, *x${level}, *x${level}]`,
    );
    const bomb = `version: 1\nx0: &x0 [a, a, a, a]\n${levels.join('\n')}\nflags: *x30\n`;
    const [fault] = faultsOf(bomb);
    expect(fault).toMatch(/^\d+:\d+ .*makes more than 20000 values by its aliases; write them out$/);
  });
});

describe('a plan that is good', () => {
  it('may write once what it says twice', () => {
    const read = readPlan(
      rollout(
        'strategy: canary',
        'criteria: &c',
        '  - { metric: errorRate, max: 0.05 }',
        'stages: [1, { percentage: 100, criteria: *c }]',
      ),
    );
    expect(read).toMatchObject({
      plan: { flags: [{ rollout: { criteria: [{ max: 0.05 }], stages: [1, { criteria: [{ max: 0.05 }] }] } }] },
    });
  });

  it('says durations as people do, and everything else in the words of the flag file', () => {
    const read = readPlan(
      rollout(
        'strategy: canary',
        'bake: 1h30m',
        'validator: model_check',
        'approval_expiry: 2d',
        'start_at: 2027-02-01T08:00:00Z',
      ),
    );
    expect(read).toMatchObject({
      plan: {
        flags: [
          {
            name: 'model',
            settings: { owner: 'nlp' },
            rollout: {
              bakeMs: 5_400_000,
              validatorName: 'model_check',
              approvalExpiryMs: 172_800_000,
              startAt: '2027-02-01T08:00:00Z',
            },
          },
        ],
      },
    });
  });
});

describe('the schema for editors', () => {
  const example = join(import.meta.dirname, '../../../../examples/plan/config/deployment/rollout_plan.yaml');
  const schema = new Ajv({ strict: false }).compile(planSchema());

  it('accepts the plan of the example, which is good', () => {
    const text = readFileSync(example, 'utf8');
    expect(faultsOf(text)).toEqual([]);
    expect([schema(parse(text)), schema.errors]).toEqual([true, null]);
  });

  it('knows every word that is read, and no other', () => {
    const wordsIn = (words: Words): string[] => Object.keys(words);
    const text = JSON.stringify(planSchema());
    for (const word of [FLAG_SETTINGS, ROLLOUT, STAGE, CRITERION, WINDOW, SEGMENT, SCHEDULED].flatMap(wordsIn))
      expect(text).toContain(`"${word}":`);
    expect(schema({ version: 1, flags: [{ name: 'model', enabeld: true }] })).toBe(false);
    expect(schema({ version: 1, flags: [{ name: 'model', rollout: { strategy: 'canary', bake: 10 } }] })).toBe(false);
  });

  it('is the one that is shipped', () => {
    const shipped = readFileSync(join(import.meta.dirname, '../../schema/rollout-plan.schema.json'), 'utf8');
    expect(JSON.parse(shipped)).toEqual(planSchema());
  });
});
