import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, type Served, served } from '../at.testing.ts';

const PLACES = { 'a server': served, 'a file': onFile } as const;

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('tests on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
  });
  afterEach(() => at.close());

  it('are created, started, read and stopped', async () => {
    const line =
      'test create ner --control biobert --treatment pubmedbert --split 0.3 --days 14 --metric latency --metric accuracy';
    const created = await at.run(line);
    expect([created.exit, created.out]).toEqual([0, expect.stringMatching(/phase +draft[\s\S]*pubmedbert \(0\.3\)/)]);
    expect((await at.run(line)).exit).toBe(4);
    expect((await at.run('test start ner --json')).json).toMatchObject({ phase: 'running', durationDays: 14 });
    const results = await at.run('test results ner');
    expect([results.exit, results.out]).toEqual([0, expect.stringMatching(/units +control 0, treatment 0[\s\S]*warning/)]);
    expect((await at.run('test list')).out).toMatch(/ner +running/);
    const stopped = await at.run('test stop ner --reason "pubmedbert is slower"');
    expect(stopped.out).toMatch(/stopped +20\d\d-.*pubmedbert is slower/);
    expect((await at.run('test stop ner')).exit).toBe(1);
    const undecided = await at.run('test ship ner --criterion errorRate<=1.2x');
    expect([undecided.exit, undecided.err]).toEqual([1, expect.stringContaining('give --variant "treatment"')]);
    const wrongArm = await at.run('test ship ner --variant nope --criterion errorRate<=1.2x');
    expect([wrongArm.exit, wrongArm.err]).toEqual([2, expect.stringContaining('"nope" is not one of its treatments')]);
    const oneStep = await at.run('test ship ner --variant treatment --stages 100 --unvalidated');
    expect([oneStep.exit, oneStep.err]).toEqual([1, expect.stringContaining('to everybody in one step')]);
    const shipped = await at.run('test ship ner --variant treatment --stages 10,100 --criterion errorRate<=1.2x --json');
    expect([shipped.exit, shipped.json]).toEqual([0, expect.objectContaining({ flag: 'ner', currentPercentage: 10 })]);
    expect((await at.run('test ship ner --variant treatment --unvalidated')).exit).toBe(4);
    const wrong = await at.run('test create other --control a --treatment b --split 1');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('trafficSplit')]);
  });
});

it('results are a table of what was measured', async () => {
  const at: Served = await served();
  await at.run('test create ner --control biobert --treatment pubmedbert --metric latency');
  await at.run('test start ner');
  const { abTests, flags } = at.workspace.environment('shop', 'production');
  for (let user = 0; user < 300; user++) {
    const userId = `user-${user}`;
    const variant = abTests.getVariant('ner', { userId });
    abTests.recordMetric('ner', variant, 'latency', (variant === 'control' ? 200 : 100) + (user % 7), { userId });
  }
  expect(flags.getFlag('ner')).toBeDefined();
  const { out } = await at.run('test results ner');
  expect(out).toMatch(/latency +primary +20\d\.\d* +10\d\.?\d* +4\d\.\d+ % .* better/);
  expect(out).toMatch(/winner +treatment\nsignificant +yes/);
  await at.run('test stop ner');
  const shipped = await at.run('test ship ner --criterion errorRate<=1.2x');
  expect([shipped.exit, shipped.out]).toEqual([0, expect.stringMatching(/ner +canary #1 +baking/)]);
  expect(flags.getFlag('ner')).toMatchObject({ onVariant: 'treatment', rolloutPercentage: 1 });
  await at.close();
});
