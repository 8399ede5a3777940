/** The flags of the service, as its engineer creates them. */
import type { SluiceClient } from '@sluice/client';
import { FLAG, STABLE } from '../assignment.ts';
import { KNOWLEDGE, PATTERNS } from './refinements.ts';
import { SCOPE } from './staff.ts';

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
  await createRefinement(client, PATTERNS, 'Whoever a copyright line names is found, whatever the component says');
  await createRefinement(client, KNOWLEDGE, 'People are answered with the packages that they wrote');
}

async function createRefinement(client: SluiceClient, key: string, description: string): Promise<void> {
  const settings = { enabled: true, rolloutPercentage: 0, description, owner: 'team-text', tags: ['refinement'] };
  await client.flags.set({ ...SCOPE, key, settings, reason: 'to be rolled out' });
}
