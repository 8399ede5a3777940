/** The winner of a test, opened to everybody by a rollout. */
import { answerOf } from '../answer-schema.ts';
import { command } from '../command.ts';
import { ADVANCES_WHILE_OPEN } from '../file-remark.ts';
import { isOneStep } from '../one-step.ts';
import { given } from '../option.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { PLAN_OPTIONS, rolloutSettingsOf } from './rollout-options.ts';
import { type Status, track } from './rollout-track.ts';
import { watchRollout } from './rollout-watch.ts';

/** Where it goes is the test's to say. */
const OPTIONS = PLAN_OPTIONS.filter(({ form }) => !form.startsWith('--to '));

export const TEST_SHIP = command<Status>({
  name: 'test ship',
  summary: "Starts a rollout of a stopped test's winner, on its flag.",
  args: [{ name: 'test', says: 'its id' }],
  options: [
    { form: '--variant <name>', says: 'another arm than the winner' },
    ...OPTIONS,
    REASON,
    { form: '--watch', says: 'stay and show how it goes, to its end' },
  ],
  examples: ['test ship ner --criterion "errorRate<=1.2x" --watch'],
  answer: answerOf('experiments.ship'),
  show: track,
  run: async (session, asked) => {
    const test = asked.arg('test');
    const { toVariant: _arm, ...settings } = rolloutSettingsOf(asked);
    if (isOneStep(settings)) await session.confirm(`The rollout opens test "${test}" to everybody in one step`);
    const variant = given({ variant: asked.text('variant') });
    const answer = await session.call('experiments.ship', { ...session.scope, test, settings, ...variant, ...reasonOf(asked) });
    if (session.isOnFile && !asked.has('watch') && answer.endedAt === null) session.remark(ADVANCES_WHILE_OPEN);
    if (asked.has('watch')) return watchRollout(session, test);
    return { answer, exit: answer.phase === 'failed' ? 'failed' : 'ok' };
  },
});
