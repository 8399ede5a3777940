import { describe, expect, it } from 'vitest';
import { readPlan } from './read-plan.ts';

const HEAD = 'version: 1\nflags:\n';

function faultsOf(text: string): string[] {
  const read = readPlan(text);
  return 'faults' in read ? read.faults.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`) : [];
}

describe('a plan with segments or scheduled edits that are wrong', () => {
  it.each([
    [
      'a segment without a name',
      'version: 1\nsegments:\n  - members: [ann]\nflags: []\n',
      '3:5 /segments/0/name must be a text that is not empty',
    ],
    [
      'an unknown key of a segment',
      'version: 1\nsegments:\n  - { name: staff, conditions: { plan: pro } }\nflags: []\n',
      '3:20 /segments/0/conditions "conditions" is not a setting of a segment (did you mean "condition"?)',
    ],
    [
      'a segment of everybody',
      'version: 1\nsegments:\n  - { name: staff, condition: {} }\nflags: []\n',
      '3:31 /segments/0/condition must not be empty, which holds for everybody',
    ],
    [
      'a segment twice',
      'version: 1\nsegments: [{ name: staff }, { name: staff }]\nflags: []\n',
      '2:37 /segments/1/name is "staff" again, which /segments/0 has; a segment stands in a plan once',
    ],
    [
      'segments in a circle',
      'version: 1\nsegments:\n  - { name: a, condition: { in_segment: b } }\n  - { name: b, condition: { not: { in_segment: a } } }\nflags: []\n',
      '4:27 /segments/1/condition leads in a circle: b → a → b',
    ],
    [
      'an edit without an instant',
      `${HEAD}  - name: model\n    schedule: [{ enabled: true }]\n`,
      '4:16 /flags/0/schedule/0 /at must be a date and time with its zone, as 2027-01-31T08:00:00Z; it is null',
    ],
    [
      'an instant without a zone',
      `${HEAD}  - name: model\n    schedule: [{ at: 2027-02-01T08:00:00, enabled: true }]\n`,
      '4:22 /flags/0/schedule/0/at must be a date and time with its zone',
    ],
    [
      'an edit that sets nothing',
      `${HEAD}  - name: model\n    schedule: [{ at: 2027-02-01T08:00:00Z }]\n`,
      '4:16 /flags/0/schedule/0 sets nothing',
    ],
    [
      'an unknown key of an edit',
      `${HEAD}  - name: model\n    schedule: [{ at: 2027-02-01T08:00:00Z, enabeld: true }]\n`,
      '4:44 /flags/0/schedule/0/enabeld "enabeld" is not a setting of a scheduled edit (did you mean "enabled"?)',
    ],
    [
      'an edit that does not fit what the one before it leaves',
      `${HEAD}  - name: model\n    schedule:\n      - { at: 2027-02-02T08:00:00Z, on_variant: blue }\n      - { at: 2027-02-01T08:00:00Z, tags: [a] }\n`,
      '5:49 /flags/0/schedule/0/on_variant',
    ],
    [
      'two edits of one instant',
      `${HEAD}  - name: model\n    schedule: [{ at: 2027-02-01T08:00:00Z, enabled: true }, { at: 2027-02-01T09:00:00+01:00, tags: [a] }]\n`,
      '4:67 /flags/0/schedule/1/at is the instant of /flags/0/schedule/0, too',
    ],
    [
      'an edit of a share that a rollout moves',
      `${HEAD}  - name: model\n    rollout: { strategy: canary, unvalidated: true }\n    schedule: [{ at: 2027-02-01T08:00:00Z, rollout_percentage: 50 }]\n`,
      '5:16 /flags/0/schedule/0 moves a share that the rollout moves',
    ],
  ])('because of %s is told so, with its place and what would be right', (_name, text, fault) => {
    expect(faultsOf(text)[0]).toContain(fault);
  });
});
