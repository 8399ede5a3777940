/**
 * A process that writes flags and drives a rollout as fast as it can, and says on standard output what was acknowledged, until it is
 * killed. Takes the flag file's path and the number of its life.
 */
import { writeSync } from 'node:fs';
import { createSluice } from 'sluice';

const [file, life] = process.argv.slice(2);
const sluice = createSluice({ file });
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

sluice.rollouts.registerValidator('moving', () => true);
sluice.on('rollout.advanced', (event) => say({ stage: event.detail.stage, seq: event.seq }));
if (sluice.flags.getFlag('moving') === undefined) await sluice.flags.setFlag('moving', { enabled: true, rolloutPercentage: 0 });
if (sluice.rollouts.getRolloutStatus('moving') === undefined) {
  const stages = Array.from({ length: 100 }, (_, index) => index + 1);
  await sluice.rollouts.startRollout('moving', { strategy: 'percentage', stages, validate: () => true, bakeMs: 60, tickMs: 20 });
}
say({ stage: sluice.rollouts.getRolloutStatus('moving')?.stage ?? null });
for (let write = 1; ; write++) {
  const name = `flag-${write % 7}`;
  const description = `${life}/${write}`;
  await sluice.flags.setFlag(name, { enabled: true, rolloutPercentage: write % 101, description });
  say({ name, description });
}
