/** Finding records by a text. */
import type { AnswerOf } from '@sluice/protocol';
import type { Sluice } from 'sluice';
import { pageFrom } from '../paging.ts';
import type { HandlersOf } from './handler.ts';

type Found = AnswerOf<'search.find'>['members'][number];

export const SEARCH_HANDLERS: HandlersOf<'search'> = {
  'search.find': ({ sluice, query }) => {
    const text = query.q.toLowerCase();
    const hits = [...candidates(sluice)].filter(({ words }) => words.some((word) => word.toLowerCase().includes(text)));
    const sorted = hits.map(({ words: _words, ...hit }) => hit).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    return pageFrom(sorted, placeOf, query);
  },
};

function placeOf({ key, kind }: Found): string {
  return `${key}\n${kind}`;
}

type Candidate = Found & { readonly words: readonly string[] };

function* candidates({ flags, rollouts, abTests }: Sluice): Iterable<Candidate> {
  for (const { name, description, tags, owner, status } of flags.listFlags())
    yield { kind: 'flag', key: name, description, tags, state: status, words: [name, description, ...tags, owner ?? ''] };
  for (const { name, description, tags } of flags.listSegments())
    yield { kind: 'segment', key: name, description, tags, state: 'kept', words: [name, description, ...tags] };
  for (const { flag, phase } of rollouts.listRollouts())
    yield { kind: 'rollout', key: flag, description: '', tags: [], state: phase, words: [flag] };
  for (const { testId, description, tags, phase } of abTests.listTests())
    yield { kind: 'experiment', key: testId, description, tags, state: phase, words: [testId, description, ...tags] };
}
