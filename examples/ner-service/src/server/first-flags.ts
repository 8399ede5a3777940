/** The flags of the service, as its engineer creates them. */
import type { SluiceClient } from '@sluice/client';
import { FLAG, STABLE } from '../assignment.ts';
import { KNOWLEDGE, PATTERNS } from './refinements.ts';
import { SCOPE } from './staff.ts';

const SEGMENT = 'colleagues';
/** So many users work here. */
const COLLEAGUES = 40;

export async function createFirstFlags(client: SluiceClient): Promise<void> {
  await client.flags.set({
    ...SCOPE,
    key: FLAG,
    settings: {
      enabled: true,
      rolloutPercentage: 0,
      description: 'Which component finds people in texts',
      owner: 'team-text',
      tags: ['component'],
      variants: { [STABLE]: STABLE, wink: 'wink', 'wink-dated': 'wink-dated' },
      offVariant: STABLE,
      onVariant: 'wink',
    },
    reason: 'wink shall take over from compromise',
  });
  const members = Array.from({ length: COLLEAGUES }, (_, index) => `user-${100 * index}`);
  await client.segments.set({
    ...SCOPE,
    key: SEGMENT,
    settings: { description: 'Who works here, and sees things first', members },
    reason: 'they tell us what is wrong',
  });
  await createRefinement(client, PATTERNS, 'Whoever a copyright line names is found, whatever the component says', [SEGMENT]);
  await createRefinement(client, KNOWLEDGE, 'People are answered with the packages that they wrote');
}

async function createRefinement(
  client: SluiceClient,
  key: string,
  description: string,
  enabledGroups: readonly string[] = [],
): Promise<void> {
  const settings = { enabled: true, rolloutPercentage: 0, description, owner: 'team-text', tags: ['refinement'], enabledGroups };
  await client.flags.set({ ...SCOPE, key, settings, reason: 'to be rolled out' });
}
