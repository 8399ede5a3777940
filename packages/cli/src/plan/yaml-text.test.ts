/** What YAML allows and a plan does not, and what it does. */
import { describe, expect, it } from 'vitest';
import { readPlan } from './read-plan.ts';

const HEAD = 'version: 1\nflags:\n';

function faultsOf(text: string): string[] {
  const read = readPlan(text);
  return 'faults' in read ? read.faults.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`) : [];
}

describe('a plan whose YAML is odd', () => {
  it.each([
    ['an alias of what it stands in', 'version: 1\nflags: &f [*f]\n', '2:12 /flags/0/0 is an alias of what it stands in itself'],
    ['a merge', `${HEAD}  - &a { name: one }\n  - { <<: *a, name: two }\n`, '4:7 /flags/1/<< would merge another mapping'],
    ['a second document', 'version: 1\nflags: []\n---\nflags: []\n', '3:1  begins a second document; a plan is one'],
    ['a tag', `${HEAD}  - { name: model, owner: !secret abc }\n`, '3:27  has a tag; a plan takes plain texts'],
    ['bytes', `${HEAD}  - { name: model, owner: !!binary aGVsbG8= }\n`, '3:36 /flags/0/owner is neither a text, a number'],
    [
      'a number that is not kept',
      `${HEAD}  - name: model\n    variants: { off: 0, on: 9007199254740993 }\n`,
      '4:29 /flags/0/variants/on is a whole number of which the last digits would be lost; it is 9007199254740993',
    ],
    ['a thousand brackets', `version: 1\nflags: ${'['.repeat(5_000)}`, 'is nested too deep to be read'],
    [
      'a megabyte and more',
      `# ${'x'.repeat(1_000_000)}`,
      '1:1  has 1000002 characters, and a plan at most 1000000: make it several',
    ],
    [
      'a number as a key, and its text',
      `${HEAD}  - name: model\n    variants: { "1": a, 1: b }\n`,
      '4:25 /flags/0/variants/1 is a key that stands here already',
    ],
  ])('by %s is refused, with the place and what would be right', (_name, text, fault) => {
    expect(faultsOf(text)[0]).toContain(fault);
  });

  it('may be long: thirty thousand members, and as many aliases as it may have, are read in a moment', () => {
    const members = Array.from({ length: 30_000 }, (_, index) => (index === 0 ? '&a m' : `m${index}`));
    const aliases = Array.from({ length: 15_000 }, () => '*a');
    const read = readPlan(
      `version: 1\nsegments:\n  - { name: large, members: [${members.join()}] }\n  - { name: same, members: [${aliases.map((alias) => `${alias} `).join()}] }\nflags: []\n`,
    );
    const [large, same] = 'plan' in read ? read.plan.segments : [];
    expect([large?.settings.members?.length, same?.settings.members?.length]).toEqual([30_000, 15_000]);
  });

  it('takes an alias for what its anchor named last, wherever it is followed from', () => {
    const read = readPlan(
      `${HEAD}  - { name: &n one, tags: &t [x] }\n  - { name: two, tags: &u [*n ] }\n  - { name: &n three, tags: *u }\n  - { name: four, tags: [*n ] }\n`,
    );
    expect('plan' in read ? read.plan.flags.map(({ settings }) => settings.tags) : read).toEqual([
      ['x'],
      ['one'],
      ['one'],
      ['three'],
    ]);
  });

  it.each(['\r\n', '\n'])(
    'may have its lines ended by %j, begin with a mark of the byte order, and end with one of the document',
    (end) => {
      const text = `\uFEFF%YAML 1.2\n---\n${HEAD}  - name: model\n    description: |\n      one\n      two\n...\n`.replaceAll(
        '\n',
        end,
      );
      expect(readPlan(text)).toMatchObject({ plan: { flags: [{ name: 'model', settings: { description: 'one\ntwo\n' } }] } });
    },
  );
});
