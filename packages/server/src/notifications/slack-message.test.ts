import { DEFAULT_SCOPE, eventOf, type LoggedEvent, newFlag } from '@sluice/core';
import { createSluice, manualClock, memoryStore } from 'sluice';
import { describe, expect, it } from 'vitest';
import { slackMessage } from './slack-message.ts';

function flagEvent(more: Partial<LoggedEvent>): LoggedEvent {
  const flag = { ...newFlag('checkout', DEFAULT_SCOPE, 0), revision: 1 };
  return { ...eventOf('flag.killed', flag, { actor: 'ann', reason: 'errors rise' }, 1_750_000_000_000), seq: 7, ...more };
}

describe('a message in Slack', () => {
  it('says what, for whom, who, why, when and where to look', () => {
    expect(slackMessage(flagEvent({ detail: { percentage: 0 } }), 'https://sluice.example.com/flags/checkout')).toEqual({
      text: 'flag killed · checkout · at 0 % · by ann · errors rise',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '*flag killed*: `checkout` (default / production) at 0 %\nby ann: errors rise' },
        },
        {
          type: 'context',
          elements: [
            { type: 'mrkdwn', text: '2025-06-15T15:06:40.000Z · event 7 · <https://sluice.example.com/flags/checkout|open>' },
          ],
        },
      ],
    });
  });

  it('lets no text call a channel, hide a link or grow without bound', () => {
    const event = flagEvent({
      actor: '<!channel>',
      reason: `<https://evil.example|click> & ${'<'.repeat(5_000)}`,
      key: 'a`b\n*c*',
    });
    const message = slackMessage(event, null);
    expect(JSON.stringify(message)).not.toMatch(/<!channel|<https:/);
    expect(message.text.length).toBeLessThan(3_000);
    for (const { text } of message.blocks) expect(JSON.stringify(text ?? '').length).toBeLessThan(3_000);
    expect(message.text).not.toMatch(/&[lgtamp]{0,3}…/);
  });

  it('tells of a rollout how far it is', async () => {
    const store = memoryStore();
    const clock = manualClock(1_750_000_000_000);
    const sluice = createSluice({ store, clock });
    await sluice.flags.setFlag('f', { enabled: true, rolloutPercentage: 0 });
    await sluice.rollouts.startRollout('f', {
      strategy: 'percentage',
      stages: [5, 50],
      bakeMs: 1_000,
      minExposures: 0,
      unvalidated: true,
    });
    await clock.advance(1_500);
    await sluice.rollouts.abortRollout('f', { actor: 'bob', reason: 'enough' });
    const events = await store.log({ scope: DEFAULT_SCOPE, kind: 'rollout' });
    expect(events.map((event) => slackMessage(event, null).text)).toEqual([
      'rollout started · f · by local',
      'rollout advanced · f · at 5 % · by sluice · preflight passed: the way back was rehearsed',
      'rollout advanced · f · at 50 % · by sluice · stage 1 passed at 5 %',
      'rollout aborted · f · at 0 % · by bob · aborted by bob: enough',
    ]);
    await sluice.close();
  });
});
