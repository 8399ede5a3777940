/** How metric sources do, by what rollouts under way last heard of them. A source that nobody asks is not asked to find out. */
import { currentStage, isEnded, type Rollout } from './rollout.ts';

/**
 * - `answers`: measured last, or said that it has no data
 * - `fails`: could not be asked, or refused the query
 * - `unasked`: no rollout under way is judged by it
 * - `missing`: a rollout is judged by it, and this process does not have it
 */
export type SourceHealth = 'answers' | 'fails' | 'unasked' | 'missing';

export interface SourceStatus {
  /** `collector` is what programs report. */
  readonly name: string;
  readonly health: SourceHealth;
  /** What each criterion of rollouts under way last came to; empty before the first look. */
  readonly asked: readonly {
    readonly flag: string;
    readonly criterion: string;
    /** The verdict's sentence. */
    readonly message: string;
    /** Milliseconds since 1970. */
    readonly at: number;
  }[];
}

/** `present` are the sources that this process has. Ordered by name. */
export function sourceStatuses(present: readonly string[], rollouts: Iterable<Rollout>): SourceStatus[] {
  const uses = [...rollouts].flatMap(usesOf);
  const names = [...new Set([...present, ...uses.map(({ source }) => source)])].sort();
  return names.map((name) => {
    const own = uses.filter(({ source }) => source === name);
    const asked = own.flatMap(({ said }) => (said === null ? [] : [said]));
    return { name, health: healthOf(present.includes(name), own), asked };
  });
}

interface Use {
  readonly source: string;
  readonly hasFailed: boolean;
  /** Null before the first look. */
  readonly said: SourceStatus['asked'][number] | null;
}

function usesOf({ key, phase, plan, verdicts }: Rollout): Use[] {
  if (isEnded(phase)) return [];
  return (plan.stages[currentStage(phase) ?? 0]?.criteria ?? []).map(({ name, source }) => {
    const verdict = verdicts.find(({ criterion }) => criterion === name);
    if (verdict === undefined) return { source, hasFailed: false, said: null };
    const { cause, message, at } = verdict;
    return { source, hasFailed: cause === 'provider' || cause === 'badQuery', said: { flag: key, criterion: name, message, at } };
  });
}

function healthOf(isPresent: boolean, uses: readonly Use[]): SourceHealth {
  if (!isPresent) return 'missing';
  if (uses.some(({ hasFailed }) => hasFailed)) return 'fails';
  return uses.some(({ said }) => said !== null) ? 'answers' : 'unasked';
}
