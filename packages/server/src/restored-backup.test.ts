/** A program whose server was put back to a backup from before a flag: what it tells of the flag is given up, and told ever more rarely. */
import { connect } from '@sluice/client';
import { manualClock } from 'sluice';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { advanceUntil } from '../../engine/src/clock/advance-until.testing.ts';
import { type World, world } from './world.testing.ts';

let before: World;
let restored: World;
/** The one that is reached at the address. */
let reached: World;
let sent: { tallies?: { subject: string }[]; observations?: { flag: string }[] }[];
beforeEach(async () => {
  before = await world();
  restored = await world();
  reached = before;
  sent = [];
});
afterEach(() => restored.close());

it('sends each report of a flag that is gone once, counts it, and tells of it the first time, at ten and at a hundred', async () => {
  await before.sluice.flags.setFlag('gone', { enabled: true });
  const clock = manualClock(before.clock.now());
  const program = connect({
    url: before.url,
    token: () => reached.secrets.server,
    clock,
    fetch: (url, init) => {
      if (typeof init?.body === 'string') sent.push(JSON.parse(init.body));
      return fetch(String(url).replace(before.url, reached.url), init);
    },
  });
  const problems: string[] = [];
  program.on('problem', ({ message }) => problems.push(message));
  await program.ready();
  for (let user = 0; user < 5; user++) program.isEnabled('gone', { userId: user });
  program.observe('latency', 1, { flag: 'gone', variant: 'on' });

  const lost = new Promise<void>((resolve) => program.on('status', ({ status }) => status === 'STALE' && resolve()));
  reached = restored;
  await before.close();
  await lost;
  expect(await program.flush()).toBe(false);
  let isBack = false;
  program.on('change', ({ flags }) => {
    isBack ||= flags.includes('gone');
  });
  await advanceUntil(clock, () => isBack);
  for (let turn = 0; turn < 120; turn++) {
    program.isEnabled('gone', { userId: turn });
    program.observe('latency', 1, { flag: 'gone', variant: 'on' });
    if (turn % 4 === 3) await program.flush();
  }
  const told = problems.flatMap((message) => /left out (\d+) reports so far: (.*)/.exec(message)?.slice(1) ?? []);
  const noFlag = 'there is no flag "gone"';
  expect(told.filter((_, index) => told[index + 1] === noFlag)).toEqual(['1', '13', '101']);
  const parts = sent.flatMap(({ tallies = [] }) => tallies.filter(({ subject }) => subject === 'flag/gone')).length;
  expect(sent.flatMap(({ observations = [] }) => observations).length).toBe(121);
  expect(program.counts).toMatchObject({ waiting: 0, dropped: 121 + parts });

  const reports = program.counts.reports;
  await clock.advance(600_000);
  expect(program.counts.reports, 'nothing is sent again').toBe(reports);
  await program.close();
});
