import { createSluice, manualClock, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('schedules edits, as the guide says', async () => {
  const clock = manualClock(Date.parse('2027-01-30T12:00:00Z'));
  const { flags, close } = createSluice({ store: memoryStore(), clock });
  await flags.setFlag('spring_sale', { enabled: false });
  // #region scheduled-edits
  await flags.scheduleEdit(
    'spring_sale',
    { enabled: true },
    { at: '2027-03-01T08:00:00+01:00', actor: 'ann', reason: 'the sale begins' },
  );
  const end = await flags.scheduleEdit('spring_sale', { enabled: false }, { at: '2027-03-15T00:00:00+01:00', actor: 'ann' });
  const waiting = flags.listScheduledEdits('spring_sale'); // both, in the order in which they are due
  await flags.cancelScheduledEdit(end.id, { reason: 'extended' });
  // #endregion
  expect(waiting).toHaveLength(2);
  await clock.advance(31 * 86_400_000);
  expect(flags.getFlag('spring_sale')?.status).toBe('enabled');
  await close();
});
