import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, type Served, served } from '../at.testing.ts';
import type { PlanStep } from '../plan/plan-step.ts';

const PLAN = `version: 1
flags:
  - name: second
    prerequisites: [{ flag: first, variants: [on] }]
    status: percentage
    rollout_percentage: 20
  - name: first
    description: the first
    rollout:
      strategy: percentage
      stages: [10, 50, 100]
      bake: 2m
      criteria: [{ metric: errorRate, max: 0.05 }]
`;
const PLACES = { 'a server': served, 'a file': onFile } as const;

type Told = { readonly steps: readonly PlanStep[] };
const actions = (json: unknown): string[] => (json as Told).steps.map(({ kind, key, action }) => `${kind} ${key} ${action}`);
const because = (json: unknown, kind: string): string | null | undefined =>
  (json as Told).steps.find((step) => step.kind === kind)?.because;

async function write(at: Place, text: string): Promise<void> {
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
  await writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);
}

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('a plan on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
    await write(at, PLAN);
  });
  afterEach(() => at.close());
  const revisionsOf = async (): Promise<unknown> => {
    const { members } = (await at.run('flag list --json')).json as { members: { name: string; revision: number }[] };
    return members.map((flag) => [flag.name, flag.revision]);
  };

  it('is compared, applied whole, and applied again without any change', async () => {
    const before = await at.run('plan diff');
    expect([before.exit, before.out]).toEqual([
      7,
      expect.stringMatching(/\+ flag first create[\s\S]*2 to create, 1 rollout to start/),
    ]);
    const done = await at.run('plan apply --json');
    expect([done.exit, actions(done.json)]).toEqual([0, ['flag first create', 'flag second create', 'rollout first start']]);
    expect(done.err).toMatch(name === 'a file' ? /advances only while a process has the file open/ : /^$/);
    expect((await at.run('rollout status first --json')).json).toMatchObject({ phase: 'baking', currentPercentage: 10 });
    const revisions = await revisionsOf();
    const again = await at.run('plan apply --json');
    expect([again.exit, actions(again.json)]).toEqual([0, ['flag first none', 'flag second none', 'rollout first none']]);
    expect(await revisionsOf()).toEqual(revisions);
    const after = await at.run('plan diff');
    expect([after.exit, after.out]).toEqual([0, expect.stringContaining('3 as they should be')]);
  });

  it('changes only what differs, and says what', async () => {
    await at.run('plan apply');
    await write(at, PLAN.replace('the first', 'the very first').replace('rollout_percentage: 20', 'rollout_percentage: 30'));
    const { json } = await at.run('plan diff --json');
    expect((json as Told).steps.flatMap(({ changes }) => changes)).toEqual([
      { field: 'description', from: 'the first', to: 'the very first' },
      { field: 'rollout_percentage', from: 20, to: 30 },
    ]);
    await at.run('plan apply');
    expect((await at.run('flag get second --json')).json).toMatchObject({ rolloutPercentage: 30 });
    expect((await at.run('rollout status first --json')).json).toMatchObject({ number: 1, phase: 'baking' });
  });

  it('never undoes a kill, of a flag or of its rollout', async () => {
    await at.run('plan apply');
    await at.run('kill first --reason harm');
    await at.run('kill second --reason harm');
    const again = await at.run('plan apply --json');
    expect([again.exit, actions(again.json)]).toEqual([0, ['flag first left', 'flag second left', 'rollout first none']]);
    expect(because(again.json, 'rollout')).toMatch(/ended aborted, and is not started again/);
    await write(at, PLAN.replace('[10, 50, 100]', '[20, 100]'));
    const other = await at.run('plan apply --json');
    expect([other.exit, because(other.json, 'rollout')]).toEqual([0, expect.stringContaining('its flag is off')]);
    for (const flag of ['first', 'second'])
      expect((await at.run(`flag get ${flag} --json`)).json).toMatchObject({ status: 'disabled' });
  });

  it('leaves a rollout of another plan that is under way, unless it shall end', async () => {
    await at.run('plan apply');
    await write(at, PLAN.replace('[10, 50, 100]', '[20, 100]'));
    const blocked = await at.run('plan apply');
    expect([blocked.exit, blocked.out]).toEqual([
      4,
      expect.stringMatching(/rollout #1 of another plan is under way.*--supersede/),
    ]);
    expect((await at.run('rollout status first --json')).json).toMatchObject({ number: 1, currentPercentage: 10 });
    expect((await at.run('plan apply --supersede --json')).exit).toBe(0);
    expect((await at.run('rollout status first --json')).json).toMatchObject({ number: 2, currentPercentage: 20 });
  });

  it('reaches everybody only when somebody says yes', async () => {
    await write(at, 'version: 1\nflags:\n  - { name: open, enabled: true }\n');
    const unasked = await at.run('plan apply');
    expect([unasked.exit, unasked.err]).toEqual([1, expect.stringContaining('flag "open" will reach everybody')]);
    expect((await at.run('flag get open')).exit).toBe(3);
    expect((await at.run('plan apply --yes')).exit).toBe(0);
    expect((await at.run('plan apply')).exit).toBe(0);
  });

  it('does not take an archived name again, and does the rest', async () => {
    await at.run('flag create second');
    await at.run('flag archive second --yes');
    const done = await at.run('plan apply --json');
    expect([done.exit, actions(done.json)]).toEqual([1, ['flag first create', 'flag second refused', 'rollout first start']]);
    expect((await at.run('plan diff')).exit).toBe(1);
  });

  it('is refused with file, line and column', async () => {
    await write(at, PLAN.replace('bake:', 'bakke:'));
    for (const line of ['plan check', 'plan diff', 'plan apply']) {
      const wrong = await at.run(line);
      expect([wrong.exit, wrong.err]).toEqual([
        2,
        expect.stringContaining('config/deployment/rollout_plan.yaml:12:7: /flags/1/rollout/bakke'),
      ]);
    }
    const { error } = JSON.parse((await at.run('plan check --json')).err) as { error: { issues: object[] } };
    expect(error.issues).toMatchObject([{ line: 12, column: 7, path: '/flags/1/rollout/bakke' }]);
    expect((await at.run('plan check nowhere.yaml')).exit).toBe(3);
  });
});

describe('a plan of a server', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
  });
  afterEach(() => at.close());

  it('tells notifications where variables of the environment say, and keeps no secret of theirs', async () => {
    const url = 'https://chat.example.com/$' + '{PART}';
    await write(
      at,
      `version: 1\nflags: []\nnotifications:\n  - { key: chat, url: "${url}", events: [rollout.*], format: slack }\n`,
    );
    const missing = await at.run('plan diff');
    expect([missing.exit, missing.err]).toEqual([2, expect.stringContaining('not set: PART')]);
    const variables = { PART: 'T1/secret' };
    const first = await at.run('plan apply --json', { variables });
    expect([first.exit, actions(first.json), first.out.includes('secret')]).toEqual([0, ['notification chat create'], false]);
    expect(actions((await at.run('plan apply --json', { variables })).json)).toEqual(['notification chat none']);
    const { webhooks } = await at.client.webhooks.list({ project: 'shop' });
    expect(webhooks).toMatchObject([{ key: 'chat', types: ['rollout.*'], revision: 1 }]);
    await at.run('plan apply', { variables: { PART: 'T2/other' } });
    expect((await at.client.webhooks.list({ project: 'shop' })).webhooks).toMatchObject([{ revision: 2 }]);
    const editor = { ...variables, SLUICE_TOKEN: await at.tokenOf('editor') };
    expect(actions((await at.run('plan diff --json', { variables: editor })).json)).toEqual(['notification chat left']);
  });

  it('is over when its rollout is completed, and starts the next when the plan says another', async () => {
    await write(at, PLAN.replace('criteria: [{ metric: errorRate, max: 0.05 }]', 'unvalidated: true'));
    await at.run('plan apply');
    await at.run('rollout watch first', { sleep: () => at.clock.advance(60_000) });
    const over = await at.run('plan apply --json');
    expect([over.exit, because(over.json, 'rollout')]).toEqual([0, 'rollout #1 of this plan is completed']);
    await write(at, PLAN.replace('[10, 50, 100]', '[20, 100]'));
    const there = await at.run('plan apply --json');
    expect(because(there.json, 'rollout')).toMatch(/it is there already: everybody is in/);
  });

  it('fails where a rollout is judged by what the server does not have, and starts it once that is there', async () => {
    await write(at, PLAN.replace('metric: errorRate,', 'metric: errorRate, source: prometheus,'));
    const failed = await at.run('plan apply --json');
    expect([failed.exit, failed.json]).toMatchObject([
      2,
      { failures: [{ kind: 'rollout', message: expect.stringContaining('prometheus') }] },
    ]);
    const again = await at.run('plan diff --json');
    expect(actions(again.json)).toEqual(['flag first none', 'flag second none', 'rollout first start']);
  });

  it('foretells what a protected environment refuses, where it stands, and applies the rest', async () => {
    await at.client.projects.setProtected({ project: 'shop', name: 'production', isProtected: true, reason: 'live' });
    const plan = (share: number) =>
      `version: 1\nflags:\n  - name: sale\n    status: percentage\n    rollout_percentage: ${share}\n  - { name: other }\n`;
    await write(at, plan(10));
    const told = await at.run('plan diff --json');
    expect([told.exit, actions(told.json)]).toEqual([1, ['flag sale refused', 'flag other create']]);
    expect(because(told.json, 'flag')).toMatch(
      /^config\/deployment\/rollout_plan.yaml:5:25: \/flags\/0\/rollout_percentage: .*from 0 % to 10 %: set at most 1 %.*give it a rollout$/,
    );
    const done = await at.run('plan apply --json');
    expect([done.exit, actions(done.json)]).toEqual([1, ['flag sale refused', 'flag other create']]);
    await write(at, plan(1));
    expect((await at.run('plan diff')).exit).toBe(7);
    expect((await at.run('plan apply')).exit).toBe(0);
    expect((await at.run('plan diff --environment staging')).exit).toBe(7);
  });

  it('goes to a version of a component that is registered', async () => {
    const sluice = at.workspace.environment('shop', 'production');
    for (const version of ['1.0.0', '2.0.0']) await sluice.rollbacks.registerVersion('ner', version);
    const plan = (version: string) =>
      `version: 1\nflags:\n  - name: ner\n    rollout: { strategy: canary, to_version: ${version}, unvalidated: true }\n`;
    await write(at, plan('3.0.0'));
    const unknown = await at.run('plan apply');
    expect([unknown.exit, unknown.out]).toEqual([1, expect.stringContaining('version 3.0.0 is not registered')]);
    await write(at, plan('2.0.0'));
    expect((await at.run('plan apply')).exit).toBe(0);
    expect(actions((await at.run('plan apply --json')).json)).toEqual(['flag ner none', 'rollout ner none']);
  });
});

describe('the check of a plan', () => {
  it('says of a bound how many harmless rollouts it takes back, and from how many samples on it does not', async () => {
    const at = await onFile();
    await write(at, PLAN);
    const adviceAt = async (options: string) =>
      ((await at.run(`plan check --replicates 0 --json ${options}`)).json as { advice: { text: string }[] }).advice
        .map(({ text }) => text)
        .filter((text) => text.includes('by chance'));
    expect(await adviceAt('')).toEqual([
      expect.stringMatching(/0.01 .*about 18 of 100 rollouts .*set min_samples to 60 or more.*\(versus_control: 1.2\)/),
    ]);
    expect(await adviceAt('--error-rate 0.001')).toEqual([]);
    await write(at, PLAN.replace('max: 0.05', 'max: 0.05, min_samples: 80'));
    expect(await adviceAt('')).toEqual([]);
    await at.close();
  });
});

describe('the plan of the example', () => {
  it('is checked and simulated without a server, and is applied', async () => {
    const at = await onFile();
    await cp(join(import.meta.dirname, '../../../../examples/plan/config'), join(at.folder, 'config'), { recursive: true });
    const checked = await at.run('plan check --replicates 4');
    expect([checked.exit, checked.out]).toEqual([
      0,
      expect.stringMatching(/is good: 2 segments, 4 flags[\s\S]*kb_enrichment +100 % +0 % +100 %/),
    ]);
    expect((await at.run('plan apply')).exit).toBe(0);
    expect((await at.run('plan diff')).exit).toBe(0);
    const { flags } = JSON.parse(await readFile(join(at.folder, 'flags.json'), 'utf8')) as { flags: { name: string }[] };
    expect(flags.map((flag) => flag.name)).toContain('kb_enrichment');
    await at.close();
  });
});
