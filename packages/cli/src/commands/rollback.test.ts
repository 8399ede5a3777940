import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, served } from '../at.testing.ts';

const PLACES = { 'a server': served, 'a file': onFile } as const;

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('rollbacks on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
    await at.run('flag create model --status percentage --percentage 80');
  });
  afterEach(() => at.close());

  it('take everybody back at once, and tell of it', async () => {
    const back = await at.run('rollback now model --reason "errors above 5 %"');
    expect([back.exit, back.out]).toEqual([0, expect.stringMatching(/from +80 %\nto +0 %\nstatus +completed/)]);
    const history = await at.run('rollback history model --limit 5');
    expect(history.out).toMatch(/immediate +80 → 0 % .*errors above 5 %/);
    const { json } = await at.run('rollback history --json');
    const [{ id }] = (json as { rollbacks: { id: number }[] }).rollbacks as [{ id: number }];
    const report = await at.run(['rollback', 'report', String(id)]);
    expect(report.out).toMatch(/^# .*model/);
  });

  it('are none of a flag that was never taken back, and a flag that is not there has no history', async () => {
    const never = await at.run('rollback history model');
    expect([never.exit, never.out]).toEqual([0, 'Nothing was rolled back.\n']);
    const misspelt = await at.run('rollback history modl');
    expect([misspelt.exit, misspelt.err]).toEqual([3, expect.stringContaining('did you mean "model"?')]);
  });

  it('need a reason', async () => {
    const why = await at.run('rollback now model');
    expect([why.exit, why.err]).toEqual([2, expect.stringContaining('needs --reason <text>')]);
    expect((await at.run('flag get model --json')).json).toMatchObject({ servedPercentage: 80 });
  });

  it('go step by step, and for named users', async () => {
    const users = await at.run('rollback targeted model --user ann --user bob --reason "wrong names" --json');
    expect(users.json).toMatchObject({ strategy: 'targeted', changed: true });
    expect((await at.run('flag get model --json')).json).toMatchObject({ disabledUsers: ['ann', 'bob'] });
    const slow = await at.run('rollback gradual model --stages 50,0 --interval 10m --reason slow');
    expect([slow.exit, slow.out]).toEqual([0, expect.stringMatching(/to +50 %\nstatus +inProgress/)]);
    expect(slow.err).toMatch(name === 'a file' ? /only while a process has the file open/ : /^$/);
    const wrong = await at.run('rollback gradual model --stages 50,x --reason slow');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('it is "50,x"')]);
  });

  it('go to a version of components alone', async () => {
    const back = await at.run('rollback to-version model 1.0.0 --reason "bug in 2.0.0"');
    expect([back.exit, back.err]).toEqual([1, 'sluice: "model" is a flag and no component: it has no versions\n']);
  });
});

it('go back to a version of a component', async () => {
  const at = await served();
  const sluice = at.workspace.environment('shop', 'production');
  for (const version of ['1.0.0', '2.0.0']) await sluice.rollbacks.registerVersion('ner', version);
  await sluice.hotSwap.swapTo('ner', '2.0.0');
  const back = await at.run('rollback to-version ner 1.0.0 --reason "bug in 2.0.0" --json');
  expect(back.json).toMatchObject({ changed: true, fromPercentage: 100, toPercentage: 0 });
  await at.close();
});
