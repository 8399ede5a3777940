/** What a server would refuse of a plan is said before anything is done: at the check where the plan alone shows it, else by the comparison. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Served, served } from '../at.testing.ts';
import type { PlanStep } from '../plan/plan-step.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
});
afterEach(() => at.close());

const write = (text: string): Promise<void> => writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);
async function stepsOf(line: string): Promise<[number, string[], string]> {
  const { exit, json } = await at.run(`${line} --json`);
  const { steps } = json as { steps: PlanStep[] };
  const told = steps.map(({ kind, key, action }) => `${kind} ${key} ${action}`);
  return [exit, told, steps.map(({ because }) => because ?? '').join('|')];
}
const faultsIn = async (text: string): Promise<string> => {
  await write(text);
  return (await at.run('plan check')).err;
};

describe('a plan of flags that need others', () => {
  it('is refused at the check where they need one another in a circle', async () => {
    const needs = (name: string, other: string) => `  - { name: ${name}, prerequisites: [{ flag: ${other}, variants: [on] }] }\n`;
    const circle = needs('a', 'b') + needs('b', 'c') + needs('c', 'a') + needs('d', 'a');
    expect(await faultsIn(`version: 1\nflags:\n${circle}`)).toBe(
      'sluice: the plan has a fault\n  config/deployment/rollout_plan.yaml:5:31: /flags/2/prerequisites lead in a circle: c → a → b → c; flags may not\n',
    );
    expect(await faultsIn('version: 1\nflags: [{ name: a, prerequisites: [null, { flag: 7 }] }]\n')).toContain(
      '/flags/0/prerequisites/0',
    );
  });

  it('is foretold to be refused where what they need is not there, and not where the plan makes it', async () => {
    await at.run('flag create kept');
    await write(`version: 1
flags:
  - { name: one, prerequisites: [{ flag: made, variants: [x] }, { flag: kept, variants: [on] }] }
  - { name: made, variants: { off: 0, on: 1, x: 2 } }
  - { name: two, prerequisites: [{ flag: nowhere, variants: [on] }] }
  - { name: three, prerequisites: [{ flag: kept, variants: [blue] }] }
`);
    const [exit, told, because] = await stepsOf('plan diff');
    expect([exit, told]).toEqual([1, ['flag made create', 'flag one create', 'flag two refused', 'flag three refused']]);
    expect(because).toMatch(
      /names the flag "nowhere", which does not exist.*names the variant "blue", which the flag "kept" does not have/,
    );
    expect(await stepsOf('plan apply')).toEqual([exit, told, because]);
  });

  it('is foretold to be refused where another needs a variant that it takes away, until the plan takes that back, too', async () => {
    const plan = (variants: string, needed: string) =>
      `version: 1\nflags:\n  - { name: lost, variants: ${variants} }\n  - { name: needs, prerequisites: [{ flag: lost, variants: [${needed}] }] }\n`;
    await write(plan('{ off: 0, on: 1, x: 2 }', 'x'));
    await at.run('plan apply');
    await write('version: 1\nflags: [{ name: lost, variants: { off: 0, on: 1 } }]\n');
    const [exit, told, because] = await stepsOf('plan diff');
    expect([exit, told]).toEqual([1, ['flag lost refused']]);
    expect(because).toContain('the variant "x" is named by the prerequisites of the flag "needs"');
  });
});

describe('a plan of notifications that are wrong', () => {
  it('is refused at the check, with the place and without the URL, which may be a secret', async () => {
    const faults = await faultsIn(`version: 1
flags: []
notifications:
  - { key: chat, url: "\${CHAT_URL}", events: [nonsense.*] }
  - { key: chat, url: "https://hooks.example.com/secret" }
  - { key: a b, url: "ftp://hooks.example.com/secret", format: slak }
`);
    expect(faults.split('\n').slice(1, -1)).toEqual([
      expect.stringMatching(/yaml:4:47: \/notifications\/0\/events\/0 must be a type of event/),
      expect.stringMatching(/yaml:5:12: \/notifications\/1\/key is "chat" again, which \/notifications\/0 has/),
      expect.stringMatching(/yaml:6:12: \/notifications\/2\/key must be letters/),
      expect.stringMatching(/yaml:6:22: \/notifications\/2\/url must be an http or https URL/),
      expect.stringMatching(/yaml:6:64: \/notifications\/2\/format must be one of/),
    ]);
    expect(faults).not.toContain('secret');
  });
});

describe('a plan that takes over from a rollout under way', () => {
  it('is foretold to be refused where it leads to what was before that, and says what does', async () => {
    const sluice = at.workspace.environment('shop', 'production');
    for (const version of ['1.0.0', '2.0.0']) await sluice.rollbacks.registerVersion('ner', version);
    const plan = (version: string) =>
      `version: 1\nflags: [{ name: ner, rollout: { strategy: canary, to_version: ${version}, unvalidated: true } }]\n`;
    await write(plan('2.0.0'));
    expect((await at.run('plan apply')).exit).toBe(0);
    await write(plan('1.0.0'));
    const [exit, told, because] = await stepsOf('plan diff --supersede');
    expect([exit, told]).toEqual([1, ['flag ner none', 'rollout ner refused']]);
    expect(because).toMatch(/rollout #1 of another plan is under way, and what was before it .* `sluice rollout abort`/);
    expect((await at.run('plan apply --supersede')).exit).toBe(1);
    await at.run('rollout abort ner --reason back');
    expect((await stepsOf('plan apply'))[1]).toEqual(['flag ner none', 'rollout ner none']);
  });
});
