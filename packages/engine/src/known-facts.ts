/** What of a batch of tallies and deltas is of anything that this scope has. */
import type { Issue, ObservationDelta, Tally, UnitDelta } from '@sluice/core';
import type { Runtime } from './runtime.ts';
import { armProblem, observationProblem, tallyProblem } from './subject-problem.ts';
import type { View } from './view.ts';

export interface SentFacts {
  readonly tallies: readonly { readonly subject: string; readonly tally: Tally }[];
  readonly units: readonly UnitDelta[];
  readonly observations: readonly ObservationDelta[];
}

export interface KnownFacts extends SentFacts {
  /** What is left out, by JSON pointer into what was sent, and why. */
  readonly refused: readonly Issue[];
}

/** What is unknown here is looked at again with what the store has: the sender may have heard of it first. */
export async function knownFactsOf({ view, store }: Pick<Runtime, 'view' | 'store'>, sent: SentFacts): Promise<KnownFacts> {
  const known = knownFacts(view, sent);
  if (known.refused.length === 0) return known;
  await store.refresh();
  return knownFacts(view, sent);
}

function knownFacts(view: View, { tallies, units, observations }: SentFacts): KnownFacts {
  const refused: Issue[] = [];
  const kept = <Member>(list: string, members: readonly Member[], problemOf: (member: Member) => string | null): Member[] =>
    members.filter((member, index) => {
      const message = problemOf(member);
      if (message !== null) refused.push({ path: `/${list}/${index}`, message });
      return message === null;
    });
  return {
    tallies: kept('tallies', tallies, ({ subject }) => tallyProblem(view, subject)),
    units: kept('units', units, ({ subject, arm }) => armProblem(view, subject, arm)),
    observations: kept('observations', observations, ({ subject, arm }) => observationProblem(view, subject, arm)),
    refused,
  };
}
