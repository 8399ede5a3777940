import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Served, served } from '../at.testing.ts';
import { criterionOf } from '../criterion-text.ts';

describe('a rollout on a server', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
    await at.run('flag create model --status percentage --percentage 0');
  });
  afterEach(() => at.close());
  const minute = (): Promise<void> => at.clock.advance(60_000);

  it('is started, shown, listed and watched to its end', async () => {
    const started = await at.run('rollout start model --stages 10,50,100 --bake 2m --unvalidated --reason "new model"');
    expect([started.exit, started.out]).toEqual([
      0,
      expect.stringMatching(/model +percentage #1 +baking\n.*◉ 10 +○ 50 +○ 100 %/),
    ]);
    expect((await at.run('rollout status model')).out).toMatch(/bake +2m left of 2m\nwaits +for the bake: 0 s of 2 min observed/);
    expect((await at.run('rollout list')).out).toMatch(/model +percentage +baking +10 % +1\/3/);
    const watched = await at.run('rollout watch model', { sleep: minute });
    expect(watched.exit).toBe(0);
    const lines = watched.out.trimEnd().split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'model baking stage 1 of 3 10 %',
      'model baking stage 2 of 3 50 %',
      'model finalizing stage 3 of 3 100 %',
      'model completed 100 %',
    ]);
  });

  it('is drawn in place for people, and told as JSON texts to programs', async () => {
    await at.run('rollout start model --stages 10,100 --bake 2m --unvalidated');
    const people = await at.run('rollout status model --watch', { answers: [], sleep: minute });
    expect([people.out, people.drawn.length]).toEqual(['', expect.any(Number)]);
    expect(people.drawn[0]).toMatch(/◉ 10/);
    expect(people.drawn.at(-1)).toMatch(/completed[\s\S]*● 10[\s\S]*● 100/);
    await at.run('flag create other --status percentage --percentage 0');
    const programs = await at.run('rollout start other --stages 10,100 --bake 2m --unvalidated --watch --json', {
      sleep: minute,
    });
    const phases = programs.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { phase: string }).phase);
    expect(phases).toEqual(['baking', 'finalizing', 'completed']);
  });

  it('that does harm ends the watch with exit 8 and shows the verdict', async () => {
    await at.run('rollout start model --stages 50,100 --bake 10m --criterion "errorRate<=0.05"');
    let seq = 0;
    const fail = async (): Promise<void> => {
      const labels = { flag: 'model', variant: 'on' } as const;
      const observations = (['requests', 'errors'] as const).map((metric) => ({
        kind: 'count' as const,
        metric,
        value: 100,
        ...labels,
      }));
      const sender = { instanceId: 'pod', seq: ++seq };
      await at.client.metrics.observe({
        project: 'shop',
        environment: 'production',
        sentAt: at.clock.now(),
        sender,
        observations,
      });
      await at.clock.advance(15_000);
    };
    const watched = await at.run('rollout watch model', { sleep: fail });
    expect([watched.exit, watched.out]).toEqual([8, expect.stringMatching(/model failed .*errorRate=fail.*/)]);
    expect((await at.run('rollout status model')).out).toMatch(/verdict +errorRate fail/);
  });

  it('waits for people where it shall, and is held, resumed, promoted and aborted by them', async () => {
    await at.run('rollout start model --stages 10,50,100 --bake 1m --unvalidated --manual');
    for (let look = 0; look < 3; look++) await minute();
    expect((await at.run('rollout status model --json')).json).toMatchObject({ phase: 'awaiting_approval' });
    expect((await at.run('rollout approve model --reason "looks good" --json')).json).toMatchObject({ stage: 1 });
    expect((await at.run('rollout pause model --json')).json).toMatchObject({ phase: 'held' });
    for (const line of ['rollout status model', 'rollout list'])
      expect((await at.run(line)).out).toContain('`sluice rollout resume`: paused');
    expect((await at.run('rollout resume model --json')).json).toMatchObject({ phase: 'baking' });
    const unasked = await at.run('rollout promote model');
    expect([unasked.exit, unasked.err]).toEqual([1, expect.stringContaining('everybody')]);
    expect((await at.run('rollout promote model --full --yes --json')).json).toMatchObject({ currentPercentage: 100 });
    expect((await at.run('rollout abort model --reason "not now" --json')).json).toMatchObject({ phase: 'aborted' });
    await at.run(`rollout start model --unvalidated --settings '{"startApproval":true}'`);
    expect((await at.run('rollout reject model --json')).json).toMatchObject({
      phase: expect.stringMatching(/aborted|rolled_back/),
    });
    await at.run(`rollout start model --unvalidated --settings '{"startApproval":true}'`);
    expect((await at.run('rollout approve model')).exit).toBe(0);
    await minute();
    expect((await at.run('rollout status model --json')).json).toMatchObject({ phase: 'baking' });
  });

  it('is refused with every option that is wrong', async () => {
    const wrong = await at.run('rollout start model --stages 50,10 --unvalidated');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('must be above the stage before it, 50 %')]);
    const unjudged = await at.run('rollout start model');
    expect([unjudged.exit, unjudged.err]).toEqual([
      2,
      expect.stringMatching(/nothing would judge this rollout: give --criterion/),
    ]);
    await at.run('flag create off');
    const off = await at.run('rollout start off --unvalidated');
    expect([off.exit, off.err]).toEqual([1, expect.stringMatching(/undoes a kill; `sluice flag unkill off` first\n$/)]);
    expect((await at.run('rollout start model --strategy blueGreen --unvalidated')).exit).toBe(1);
    expect((await at.run('rollout start model --unvalidated')).exit).toBe(0);
    expect((await at.run('rollout start model --unvalidated')).exit).toBe(4);
    expect((await at.run('rollout start model --unvalidated --supersede --to on')).exit).toBe(0);
  });

  it('is watched on while the server is away', async () => {
    await at.run('rollout start model --stages 100 --bake 1m --unvalidated --yes');
    const ending = new AbortController();
    let looks = 0;
    const away = { SLUICE_URL: 'http://127.0.0.1:1' };
    const sleep = async (): Promise<void> => {
      if (++looks === 3) ending.abort();
    };
    const watched = await at.run('rollout watch model', { variables: away, sleep, ended: ending.signal });
    expect([watched.exit, watched.err.match(/cannot be reached/g)?.length]).toEqual([0, 1]);
  });
});

describe('a rollout on a file', () => {
  it('says that it advances only while the file is open, and advances while it is watched', async () => {
    const at = await onFile();
    await at.run('flag create model --status percentage --percentage 0');
    const quick = `--stages 50 --unvalidated --settings '{"bakeMs":1000,"tickMs":10}'`;
    const started = await at.run(`rollout start model ${quick}`);
    expect(started.err).toMatch(/advances only while a process has the file open/);
    expect((await at.run('rollout status model --json')).json).toMatchObject({ phase: expect.not.stringMatching('completed') });
    const watched = await at.run('rollout watch model', { sleep: () => pause(10) });
    expect([watched.exit, watched.out]).toEqual([0, expect.stringContaining('completed 100 %')]);
    expect((await at.run('rollout abort model')).exit).not.toBe(0);
    expect((await at.run('rollout list --json')).json).toMatchObject({ rollouts: [{ phase: 'completed' }] });
    await at.close();
  });

  it('is paused, resumed, promoted, and its stages approved', async () => {
    const at = await onFile();
    await at.run('flag create model --status percentage --percentage 0');
    await at.run('rollout start model --stages 10,20 --target 20 --bake 1h --unvalidated --manual');
    expect((await at.run('rollout pause model --json')).json).toMatchObject({ phase: 'held' });
    expect((await at.run('rollout resume model --json')).json).toMatchObject({ phase: 'baking' });
    expect((await at.run('rollout promote model --json')).json).toMatchObject({ stage: 1 });
    expect((await at.run('rollout approve model')).exit).toBe(1);
    expect((await at.run('rollout reject model')).exit).toBe(1);
    expect((await at.run('rollout abort model --json')).json).toMatchObject({ phase: 'aborted' });
    await at.close();
  });
});

describe('a simulation', () => {
  it('says what the same options would do, the same at every call', async () => {
    const at = await onFile();
    const line =
      'rollout simulate --stages 10,100 --bake 5m --criterion "errorRate<=0.05" --change-error-rate 0.5 --replicates 20';
    const { json } = await at.run(`${line} --json`);
    expect(json).toMatchObject({ assumptions: { errorRate: 0.01, changeErrorRate: 0.5 }, assumed: { rolledBack: 1 } });
    expect((await at.run(`${line} --json`)).json).toEqual(json);
    expect((await at.run(line)).out).toMatch(/as assumed \(50 % errors\) +0 % +100 %/);
    await at.close();
  });
});

describe('a criterion in one word', () => {
  it.each([
    ['errorRate<=0.05', { metric: 'errorRate', max: 0.05 }],
    ['mean(accuracy) >= 0.9', { metric: 'mean(accuracy)', min: 0.9 }],
    ['errorRate<=1.2x', { metric: 'errorRate', versusControl: 1.2 }],
  ])('%s is a bound', (text, settings) => expect(criterionOf(text)).toEqual(settings));

  it.each(['errorRate', 'errorRate<0.5', 'errorRate>=1.2x', '<=1'])('%s is none', (text) =>
    expect(() => criterionOf(text)).toThrow(/--criterion must be as in/),
  );
});
