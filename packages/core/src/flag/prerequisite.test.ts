import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../scope.ts';
import { type CompiledFlag, compileFlag, type FlagHolder } from './compile.ts';
import { newFlag } from './edit.ts';
import { decide, evaluateCompiled } from './evaluate.ts';
import { explainCompiled } from './explain.ts';
import type { Flag } from './flag.ts';
import { FlagTable } from './flag-table.ts';
import { compileCondition } from './match.ts';
import { parseFlagFile } from './parse-file.ts';
import { findCycle, prerequisiteIssues } from './prerequisite.ts';

/** The flags compiled over one set of holders, as a view has them. */
function compileAll(flags: readonly (Partial<Flag> & { key: string })[]): Map<string, CompiledFlag> {
  const holders = new Map<string, FlagHolder>();
  const holderOf = (key: string): FlagHolder => {
    const holder = holders.get(key) ?? { compiled: null };
    holders.set(key, holder);
    return holder;
  };
  return new Map(
    flags.map((fields) => {
      const flag = { ...newFlag(fields.key, DEFAULT_SCOPE, 0), status: 'enabled' as const, ...fields };
      const compiled = compileFlag(flag, compileCondition, holderOf);
      holderOf(flag.key).compiled = compiled;
      return [flag.key, compiled];
    }),
  );
}
const needs = (flag: string, ...variants: string[]): Pick<Flag, 'prerequisites'> => ({ prerequisites: [{ flag, variants }] });
const served = (flags: Map<string, CompiledFlag>, key: string, unit = { userId: 'u' }): string | null =>
  evaluateCompiled(flags.get(key) as CompiledFlag, unit, null).variant;
const reason = (flags: Map<string, CompiledFlag>, key: string): string | undefined =>
  explainCompiled(flags.get(key) as CompiledFlag, { userId: 'u' }).steps.find(({ step }) => step === 'prerequisites')?.message;

describe('a prerequisite', () => {
  it('lets a flag serve on only to units to which the other serves what it must', () => {
    const flags = compileAll([
      { key: 'base', status: 'percentage', share: 50_000 },
      { key: 'top', ...needs('base', 'on') },
      { key: 'inverse', ...needs('base', 'off') },
    ]);
    for (let index = 0; index < 200; index++) {
      const unit = { userId: `u-${index}` };
      expect(served(flags, 'top', unit)).toBe(served(flags, 'base', unit));
      expect(served(flags, 'inverse', unit)).not.toBe(served(flags, 'base', unit));
    }
  });

  it('comes after the kill switch and before every name and condition, and answers DEFAULT', () => {
    const flags = compileAll([
      { key: 'base', status: 'disabled' },
      { key: 'named', ...needs('base', 'on'), enabledUsers: ['u'] },
      { key: 'killed', ...needs('base', 'on'), status: 'disabled' },
    ]);
    expect(evaluateCompiled(flags.get('named') as CompiledFlag, { userId: 'u' }, null)).toMatchObject({
      variant: 'off',
      reason: 'DEFAULT',
      errorCode: null,
    });
    expect(evaluateCompiled(flags.get('killed') as CompiledFlag, { userId: 'u' }, null).reason).toBe('DISABLED');
    expect(
      explainCompiled(flags.get('named') as CompiledFlag, { userId: 'u' })
        .steps.map((step) => step.outcome)
        .slice(0, 3),
    ).toEqual(['passed by', 'decided', 'not reached']);
  });

  it('that is missing, archived, disabled or cannot answer gives off and says so', () => {
    const flags = compileAll([
      { key: 'gone', archivedAt: 1 },
      { key: 'killed', status: 'disabled' },
      { key: 'keyed', status: 'percentage', share: 50_000, bucketBy: 'tenant' },
      { key: 'a', ...needs('nowhere', 'on', 'off') },
      { key: 'b', ...needs('gone', 'on', 'off') },
      { key: 'c', ...needs('killed', 'on') },
      { key: 'd', ...needs('keyed', 'on', 'off') },
    ]);
    for (const key of ['a', 'b', 'c', 'd']) expect(served(flags, key)).toBe('off');
    expect(reason(flags, 'a')).toBe('the flag "nowhere", which it needs, does not exist');
    expect(reason(flags, 'b')).toBe('the flag "gone", which it needs, is archived');
    expect(reason(flags, 'c')).toBe('the flag "killed" serves "off" and must serve "on"');
    expect(reason(flags, 'd')).toBe('the flag "keyed" serves no variant and must serve "on" or "off"');
  });

  it('may lie ten thousand flags deep, and behind more ways than could be walked', () => {
    const depth = 10_000;
    const chain = Array.from({ length: depth }, (_, index) => ({
      key: `f${index}`,
      ...(index > 0 ? needs(`f${index - 1}`, 'on') : {}),
    }));
    expect(served(compileAll(chain), `f${depth - 1}`)).toBe('on');
    expect(served(compileAll([{ ...chain[0], key: 'f0', status: 'disabled' }, ...chain.slice(1)]), `f${depth - 1}`)).toBe('off');
    const layers = Array.from({ length: 60 }, (_, layer) =>
      ['l', 'r'].map((side) => ({
        key: `${side}${layer}`,
        prerequisites: layer === 0 ? [] : ['l', 'r'].map((other) => ({ flag: `${other}${layer - 1}`, variants: ['on'] })),
      })),
    ).flat();
    expect(served(compileAll(layers), 'l59')).toBe('on');
  });

  it('in a circle never holds, whoever is asked', () => {
    const flags = compileAll([
      { key: 'a', ...needs('b', 'on') },
      { key: 'b', ...needs('c', 'on') },
      { key: 'c', ...needs('a', 'on') },
      { key: 'self', ...needs('self', 'on') },
      { key: 'outside', ...needs('a', 'on') },
    ]);
    for (const key of flags.keys()) expect(served(flags, key)).toBe('off');
  });

  it('answers as asking one flag after the other would, for any web of flags, alone and in a table', () => {
    const web = fc.array(
      fc.record({ needed: fc.array(fc.record({ at: fc.nat(), on: fc.boolean() }), { maxLength: 3 }), isOn: fc.boolean() }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(web, (nodes) => {
        const needed = nodes.map((node, index) =>
          index === 0 ? [] : node.needed.map(({ at, on }) => ({ flag: `f${at % index}`, variants: [on ? 'on' : 'off'] })),
        );
        const flags = compileAll(
          nodes.map(({ isOn }, index) => ({
            key: `f${index}`,
            prerequisites: needed[index] ?? [],
            enabledUsers: isOn ? ['u'] : [],
            status: 'whitelist' as const,
          })),
        );
        const plain: string[] = [];
        for (const [index, { isOn }] of nodes.entries()) {
          const holds = (needed[index] ?? []).every(({ flag, variants }) => variants[0] === plain[Number(flag.slice(1))]);
          plain.push(holds && isOn ? 'on' : 'off');
        }
        expect([...flags.keys()].map((key) => served(flags, key))).toEqual(plain);
        const unit = { userId: 'u' };
        const all = [...flags.values()];
        expect([...new FlagTable(all).decide(unit)]).toEqual(all.map((flag) => decide(flag, unit)));
      }),
    );
  });
});

describe('findCycle', () => {
  it('finds a circle exactly when an order of all keys does not exist', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 }), (edges) => {
        const neededBy = (key: string): string[] => (edges[Number(key)] ?? []).map(String);
        const keys = edges.map((_, index) => String(index));
        const cycle = findCycle(keys, neededBy);
        const left = new Set(keys);
        for (let round = 0; round < 8; round++)
          for (const key of left) if (neededBy(key).every((needed) => !left.has(needed))) left.delete(key);
        expect(cycle === null).toBe(left.size === 0);
        if (cycle !== null) {
          expect(cycle[0]).toBe(cycle.at(-1));
          for (const [index, key] of cycle.slice(1).entries()) expect(neededBy(cycle[index] ?? '')).toContain(key);
        }
      }),
    );
  });
});

describe('a list of prerequisites', () => {
  it('names the place of every fault', () => {
    const paths = (value: unknown) => prerequisiteIssues(value, '').map((issue) => issue.path);
    expect(paths('x')).toEqual(['']);
    expect(
      paths(['x', { flag: '' }, { flag: 'a' }, { flag: 'a', variants: [] }, { flag: 'a', variants: ['on'], on: 1 }]),
    ).toEqual(['/0', '/1/flag', '/2/variants', '/3/variants', '/4/on']);
  });

  it('in a file must name flags and variants of the file, and lead in no circle', () => {
    const flag = (name: string, needed: string, variants = ['on']) => ({
      name,
      status: 'enabled',
      prerequisites: [{ flag: needed, variants }],
    });
    const issues = (flags: object[]) => {
      const parsed = parseFlagFile({ flags });
      return 'issues' in parsed ? parsed.issues.map(({ path, message }) => `${path} ${message}`) : [];
    };
    expect(issues([{ name: 'a', status: 'enabled' }, flag('b', 'a')])).toEqual([]);
    expect(issues([{ name: 'aa', status: 'enabled' }, flag('b', 'aaa')])[0]).toMatch(
      /^\/flags\/1\/prerequisites\/0 .*did you mean "aa"/,
    );
    expect(issues([{ name: 'a', status: 'enabled' }, flag('b', 'a', ['blue'])])[0]).toMatch(/"blue".*there are off, on/);
    expect(issues([flag('a', 'b'), flag('b', 'c'), flag('c', 'b')])).toEqual([
      '/flags/1/prerequisites/0 leads in a circle: b → c → b',
    ]);
    const long = Array.from({ length: 1_000 }, (_, index) => flag(`f${index}`, `f${(index + 1) % 1_000}`));
    expect(issues(long)).toEqual(['/flags/0/prerequisites/0 leads in a circle: f0 → f1 → f2 → f3 → (996 more) → f0']);
  });
});
