/** Listens to what changes on the server, and has whatever shows it ask again. */
import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Place } from './api.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting';

interface Changes {
  readonly records: readonly { readonly kind: string; readonly key: string }[];
}

/** Many commits at once are one question. */
const GATHER_MS = 150;

export function useLive({ project, environment }: Place): Connection {
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    const path = `/api/v1/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}/changes`;
    const gather = gathered(queries);
    const source = new EventSource(path);
    source.addEventListener('open', () => setConnection('live'));
    source.addEventListener('error', () => setConnection('reconnecting'));
    source.addEventListener('resync', () => gather(null));
    source.addEventListener('changes', ({ data }: MessageEvent<string>) => {
      for (const { kind } of (JSON.parse(data) as Changes).records) gather(kind);
    });
    return () => source.close();
  }, [queries, project, environment]);
  return connection;
}

/** `null` stands for everything. */
function gathered(queries: QueryClient): (kind: string | null) => void {
  let kinds = new Set<string | null>();
  let isWaiting = false;
  return (kind) => {
    kinds.add(kind);
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      const changed = kinds;
      kinds = new Set();
      isWaiting = false;
      void queries.invalidateQueries({
        predicate: ({ queryKey: [depends] }) => changed.has(null) || depends === 'history' || changed.has(depends as string),
      });
    }, GATHER_MS);
  };
}
