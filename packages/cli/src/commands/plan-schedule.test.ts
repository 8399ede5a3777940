import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOON, onFile, type Place, type Served, served } from '../at.testing.ts';
import type { PlanStep } from '../plan/plan-step.ts';

const MINUTE = 60_000;
const PLAN = `version: 1
segments:
  - name: early
    condition: { any: [{ in_segment: staff }, { plan: pro }] }
  - name: staff
    description: who works here
    members: [ann, bob]
flags:
  - name: sale
    enabled: false
    conditions: { in_segment: early }
    schedule:
      - { at: 2027-02-01T08:00:00Z, status: percentage, rollout_percentage: 50 }
      - { at: 2027-02-20T08:00:00Z, enabled: false }
`;
const SOON = PLAN.replace('2027-02-01T08:00', '2027-01-15T12:10').replace('2027-02-20T08:00', '2027-01-15T12:30');
const OPEN = PLAN.replace('enabled: false', 'status: percentage');
const PLACES = { 'a server': served, 'a file': onFile } as const;

const actions = (json: unknown): string[] =>
  (json as { steps: PlanStep[] }).steps.map(({ kind, key, action }) => `${kind} ${key} ${action}`);
const changes = (json: unknown, kind: string): unknown =>
  (json as { steps: PlanStep[] }).steps.find((step) => step.kind === kind)?.changes;

async function write(at: Place, text: string): Promise<void> {
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
  await writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);
}

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('segments and scheduled edits of a plan on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
    await write(at, PLAN);
  });
  afterEach(() => at.close());

  it('are made in the order in which they need each other, and again without any change', async () => {
    const done = await at.run('plan apply --json');
    expect([done.exit, actions(done.json)]).toEqual([
      0,
      ['segment staff create', 'segment early create', 'flag sale create', 'schedule sale create'],
    ]);
    expect(done.err).toMatch(name === 'a file' ? /is made only while a process has the file open/ : /^$/);
    expect((await at.run('plan diff')).exit).toBe(0);
    const again = await at.run('plan apply --json');
    expect([again.exit, actions(again.json).every((step) => step.endsWith(' none'))]).toEqual([0, true]);
  });

  it('change where the plan changes: members are all of them, and an edit is moved by being there anew', async () => {
    await at.run('plan apply');
    await write(at, PLAN.replace('[ann, bob]', '[ann, cid, dan]').replace('02-20', '02-25'));
    const { json, exit } = await at.run('plan diff --json');
    expect([exit, changes(json, 'segment'), changes(json, 'schedule')]).toEqual([
      7,
      [{ field: 'members', from: '2', to: '3 (2 more, 1 gone)' }],
      [
        { field: '2027-02-20T08:00:00.000Z', from: { enabled: false }, to: null },
        { field: '2027-02-25T08:00:00.000Z', from: null, to: { enabled: false } },
      ],
    ]);
    expect((await at.run('plan apply')).exit).toBe(0);
    expect((await at.run('plan diff')).exit).toBe(0);
  });

  it('stay where the plan does not name them', async () => {
    await at.run('plan apply');
    await write(at, 'version: 1\nflags: [{ name: sale }]\n');
    expect(actions((await at.run('plan apply --json')).json)).toEqual(['flag sale none']);
    await write(at, 'version: 1\nflags: [{ name: sale, schedule: [] }]\n');
    const { json } = await at.run('plan apply --json');
    expect([actions(json), (changes(json, 'schedule') as unknown[]).length]).toEqual([
      ['flag sale none', 'schedule sale update'],
      2,
    ]);
    await write(at, PLAN);
    expect(actions((await at.run('plan diff --json')).json)).toContain('schedule sale create');
  });

  it('are refused whole where a segment is named that nobody made, and nothing that stands on it is begun', async () => {
    await write(at, PLAN.replace('in_segment: early', 'in_segment: erly'));
    const { exit, json } = await at.run('plan apply --json');
    expect([exit, actions(json)]).toEqual([
      1,
      ['segment staff create', 'segment early create', 'flag sale refused', 'schedule sale refused'],
    ]);
    expect(JSON.stringify(json)).toContain('erly');
    expect((await at.run('flag get sale')).exit).toBe(3);
  });

  it('open nothing that was killed, until somebody lifts the kill', async () => {
    await write(at, OPEN.replace(/ {4}schedule:[\s\S]*/, ''));
    expect((await at.run('plan apply')).exit).toBe(0);
    await at.run('kill sale --reason harm');
    await write(at, OPEN);
    const { json } = await at.run('plan apply --json');
    expect(changes(json, 'schedule')).toEqual([{ field: '2027-02-20T08:00:00.000Z', from: null, to: { enabled: false } }]);
    expect(JSON.stringify(json)).toContain('schedules nothing that undoes that');
    expect((await at.run('flag unkill sale --yes')).exit).toBe(0);
    expect(changes((await at.run('plan diff --json')).json, 'schedule')).toHaveLength(1);
  });

  it('reach everybody at an instant only when somebody says yes', async () => {
    await write(
      at,
      'version: 1\nflags: [{ name: sale, enabled: false, schedule: [{ at: 2027-02-01T08:00:00Z, enabled: true }] }]\n',
    );
    const unasked = await at.run('plan apply');
    expect([unasked.exit, unasked.err]).toEqual([1, expect.stringContaining('schedule "sale" will reach everybody')]);
    expect((await at.run('plan apply --yes')).exit).toBe(0);
  });
});

describe('the check of a schedule', () => {
  it('says which edits will be refused because an earlier one switched the flag off, and the server then refuses those', async () => {
    const at = await served();
    const schedule = (...edits: string[]): string =>
      edits.map((edit, index) => `      - { at: 2027-01-15T12:${10 * (index + 1)}:00Z, ${edit} }\n`).join('');
    await write(
      at,
      `version: 1
flags:
  - name: twice
    enabled: false
    schedule:
${schedule('enabled: true', 'enabled: false', 'enabled: true')}  - name: once
    enabled: false
    schedule:
${schedule('enabled: false', 'enabled: true', 'rollout_percentage: 20')}`,
    );
    const { exit, json } = await at.run('plan check --json');
    const { advice } = json as { advice: { flag: string; text: string }[] };
    expect([exit, advice]).toEqual([
      0,
      [{ flag: 'twice', text: expect.stringMatching(/^the edit of 2027-01-15T12:30:00.000Z will be refused: .*undoes no kill/) }],
    ]);
    await at.run('plan apply --yes');
    await at.clock.advance(60 * MINUTE);
    const { members } = await at.client.history.list({ project: 'shop', environment: 'production', type: 'schedule.refused' });
    expect(members.map(({ key, detail }) => [key, detail.at])).toEqual([['twice', '2027-01-15T12:30:00.000Z']]);
    expect((await at.run('plan check --json', { now: NOON + 60 * MINUTE })).json).toMatchObject({ advice: [] });
    await at.close();
  });
});

describe('scheduled edits of a plan for a protected environment', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
  });
  afterEach(() => at.close());
  const protect = (isProtected = true): Promise<unknown> =>
    at.client.projects.setProtected({ project: 'shop', name: 'production', isProtected, reason: 'live' });
  const stepOf = (json: unknown): PlanStep | undefined =>
    (json as { steps: PlanStep[] }).steps.find(({ kind }) => kind === 'schedule');

  it('are foretold to be refused where a share would rise, with the place, and none of them is scheduled', async () => {
    await protect();
    await write(at, PLAN);
    const { exit, json } = await at.run('plan diff --json');
    expect([exit, actions(json).at(-1)]).toEqual([1, 'schedule sale refused']);
    expect(stepOf(json)?.because).toMatch(
      /^config\/deployment\/rollout_plan.yaml:13:77: \/flags\/0\/schedule\/0\/rollout_percentage: at its instant, .*from 0 % to 50 %.*give the flag a rollout/,
    );
    const done = await at.run('plan apply --json');
    expect([done.exit, actions(done.json).at(-1)]).toEqual([1, 'schedule sale refused']);
    expect((await at.client.flags.scheduled({ project: 'shop', environment: 'production' })).edits).toEqual([]);
    expect((await at.run('plan diff --environment staging')).exit).toBe(7);
  });

  it('are taken where none raises a share beyond what the ones before it left, and made', async () => {
    await protect();
    const small = SOON.replace('rollout_percentage: 50', 'rollout_percentage: 1');
    await write(at, small.replace('enabled: false }', 'rollout_percentage: 2 }'));
    expect(stepOf((await at.run('plan diff --json')).json)?.because).toContain('from 1 % to 2 %');
    await write(at, small);
    expect((await at.run('plan apply')).exit).toBe(0);
    expect((await at.run('plan diff')).exit).toBe(0);
    await at.clock.advance(20 * MINUTE);
    expect((await at.run('flag get sale --json')).json).toMatchObject({ servedPercentage: 1 });
    await at.clock.advance(20 * MINUTE);
    expect((await at.run('flag get sale --json')).json).toMatchObject({ status: 'disabled' });
  });

  it('are foretold as the server then decides', async () => {
    await write(at, SOON);
    await at.run('plan apply');
    await protect();
    expect(stepOf((await at.run('plan diff --json')).json)?.because).toContain('from 0 % to 50 %');
    await at.clock.advance(60 * MINUTE);
    const { members } = await at.client.history.list({ project: 'shop', environment: 'production', key: 'sale' });
    const refused = members.filter(({ type }) => type === 'schedule.refused').map(({ reason }) => reason);
    expect(refused).toEqual([expect.stringContaining('from 0 % to 50 %')]);
  });

  it('that wait without a reason are foretold to be refused for that, and how they get one', async () => {
    const kill = `version: 1\nflags: [{ name: sale, schedule: [{ at: 2027-02-20T08:00:00Z, enabled: false }] }]\n`;
    await at.run('flag create sale --status percentage --percentage 1');
    await at.run('flag schedule add sale --at 2027-02-20T08:00:00Z --status disabled');
    await protect();
    await write(at, kill.replace('enabled: false', 'status: disabled'));
    expect(stepOf((await at.run('plan diff --json')).json)?.because).toMatch(
      /needs a reason; .*`sluice flag schedule cancel sale#1`/,
    );
    await at.run('flag schedule cancel sale#1 --reason "the plan has it"');
    expect((await at.run('plan apply')).exit).toBe(0);
    expect((await at.run('plan diff')).exit).toBe(0);
  });
});

describe('scheduled edits of a plan on a server, whose instants come', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
    await write(at, SOON);
    await at.run('plan apply');
  });
  afterEach(() => at.close());
  const sale = async (): Promise<unknown> => (await at.run('flag get sale --json')).json;

  it('are what the plan wants from then on: applying it again takes nothing back', async () => {
    await at.clock.advance(20 * MINUTE);
    expect(await sale()).toMatchObject({ status: 'percentage', rolloutPercentage: 50 });
    const during = await at.run('plan apply --json', { now: NOON + 20 * MINUTE });
    expect(actions(during.json)).toEqual(['segment staff none', 'segment early none', 'flag sale none', 'schedule sale none']);
    await at.clock.advance(20 * MINUTE);
    expect(await sale()).toMatchObject({ status: 'disabled' });
    const after = await at.run('plan apply --json', { now: NOON + 40 * MINUTE });
    expect([after.exit, actions(after.json).at(-1), await sale()]).toMatchObject([
      0,
      'schedule sale none',
      { status: 'disabled' },
    ]);
  });

  it('are made late where there was no schedule', async () => {
    await write(at, SOON.replaceAll('sale', 'late'));
    const { json } = await at.run('plan apply --json', { now: NOON + 20 * MINUTE });
    expect(actions(json)).toContain('flag late create');
    expect((await at.run('flag get late --json')).json).toMatchObject({ status: 'percentage', rolloutPercentage: 50 });
  });
});
