/** What views ask for, kept until a change of the server says that it is old. The first word of a key names what it depends on, `alsoOf` what else. */
import { queryOptions } from '@tanstack/react-query';
import type { Flag, Place } from './answers.ts';
import { api } from './api.ts';

export const queries = {
  me: () => queryOptions({ queryKey: ['person', 'me'], queryFn: () => api.access.me({}), retry: false }),
  projects: () => queryOptions({ queryKey: ['project'], queryFn: async () => (await api.projects.list({})).projects }),
  /** Of the projects that are known anyway: whether changes need a reason there, and shares rise by rollouts alone. */
  isProtected: ({ project, environment }: Place) =>
    queryOptions({
      ...queries.projects(),
      select: (projects) =>
        projects.find(({ key }) => key === project)?.environments.find(({ key }) => key === environment)?.isProtected ?? false,
    }),
  flags: (place: Place) =>
    queryOptions({
      queryKey: ['flag', place],
      // Those that were read are shown while the others are read: of ten thousand the last come seconds after the first.
      queryFn: ({ client, queryKey }) =>
        everyPage(
          (cursor) => api.flags.list({ ...place, ...cursor }),
          (read) => client.setQueryData<readonly Flag[]>(queryKey, (kept = []) => (read.length > kept.length ? read : kept)),
        ),
      // Comparing ten thousand flags with those before, field by field, holds keys and scrolling up for longer than drawing the few that are seen.
      structuralSharing: false,
    }),
  flag: (place: Place, key: string) =>
    queryOptions({ queryKey: ['flag', place, key], queryFn: () => api.flags.get({ ...place, key }) }),
  flagSettings: (place: Place, key: string, revision?: number) =>
    queryOptions({
      queryKey: ['flag', place, key, 'settings', revision ?? null],
      queryFn: () => api.flags.settings({ ...place, key, ...(revision === undefined ? {} : { revision }) }),
    }),
  scheduledEdits: (place: Place, flag: string) =>
    queryOptions({
      queryKey: ['schedule', place, flag],
      queryFn: async () => (await api.flags.scheduled({ ...place, flag })).edits,
    }),
  segments: (place: Place) =>
    queryOptions({
      queryKey: ['segment', place],
      queryFn: () => everyPage((cursor) => api.segments.list({ ...place, ...cursor })),
    }),
  segment: (place: Place, key: string) =>
    queryOptions({
      queryKey: ['segment', place, key],
      queryFn: () => api.segments.get({ ...place, key }),
      // It says who refers to it.
      meta: { alsoOf: ['flag', 'rollout', 'schedule', 'experiment'] },
    }),
  flagStats: (place: Place, key: string) =>
    queryOptions({
      queryKey: ['figures', place, key],
      queryFn: () => api.flags.stats({ ...place, key }),
      refetchInterval: 5_000,
    }),
  staleFlags: (place: Place) =>
    queryOptions({ queryKey: ['flag', place, 'stale'], queryFn: async () => (await api.flags.stale(place)).flags }),
  rollouts: (place: Place) =>
    queryOptions({
      queryKey: ['rollout', place],
      queryFn: async () => (await api.rollouts.list(place)).rollouts,
      refetchInterval: 10_000,
    }),
  rollout: (place: Place, flag: string) =>
    queryOptions({
      queryKey: ['rollout', place, flag],
      queryFn: () => api.rollouts.status({ ...place, flag }),
      refetchInterval: 2_000,
      retry: false,
    }),
  /** How metric sources do, by what rollouts heard of them. */
  sources: (place: Place) =>
    queryOptions({
      queryKey: ['rollout', place, 'sources'],
      queryFn: async () => (await api.rollouts.sources(place)).sources,
      refetchInterval: 10_000,
    }),
  tests: (place: Place) =>
    queryOptions({
      queryKey: ['experiment', place],
      queryFn: async () => (await api.experiments.list(place)).experiments,
    }),
  test: (place: Place, test: string) =>
    queryOptions({
      queryKey: ['experiment', place, test],
      queryFn: () => api.experiments.get({ ...place, test }),
      retry: false,
    }),
  testResults: (place: Place, test: string) =>
    queryOptions({
      queryKey: ['experiment', place, test, 'results'],
      queryFn: () => api.experiments.results({ ...place, test }),
      refetchInterval: 5_000,
    }),
  history: (place: Place, of: { readonly kind?: 'flag' | 'segment' | 'rollout' | 'experiment'; readonly key?: string } = {}) =>
    queryOptions({
      queryKey: ['history', place, of],
      queryFn: async () => (await api.history.list({ ...place, ...of, limit: 100 })).members,
    }),
  rollbacks: (place: Place) =>
    queryOptions({
      queryKey: ['history', place, 'rollbacks'],
      queryFn: async () => (await api.rollbacks.history(place)).rollbacks,
    }),
};

/**
 * Whether the server says that this person may not, or that nobody is logged in: of `me`, which everybody may ask, the latter. That it cannot be
 * reached says nothing of it.
 */
export function isRefused(error: Error | null): boolean {
  return error !== null && 'code' in error && error.code === 'unauthorized';
}

/** As many as one question is answered with. */
export const PAGE_SIZE = 500;

interface Paged<Member> {
  readonly members: readonly Member[];
  readonly nextCursor: string | null;
}

/** `onRead` gets all that was read so far, where more follows. */
async function everyPage<Member>(
  ask: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Paged<Member>>,
  onRead: (read: readonly Member[]) => void = () => {},
): Promise<readonly Member[]> {
  const all: Member[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Paged<Member> = await ask({ limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) });
    all.push(...page.members);
    if (page.nextCursor === null) return all;
    onRead([...all]);
    cursor = page.nextCursor;
  }
}
