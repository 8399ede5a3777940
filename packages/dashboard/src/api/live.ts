/** Listens to what changes on the server, and has whatever shows it ask again. */
import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Place } from './answers.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting';

interface Changes {
  readonly records: readonly { readonly kind: string; readonly key: string }[];
}

/** Many commits at once are one question. */
const GATHER_MS = 150;

/** Many pages that lost one server come back one after another. */
const RETRY_FROM_MS = 1_000;
const RETRY_JITTER_MS = 2_000;

/** Null listens to nothing: it is not known yet who asks. */
export function useLive(place: Place | null): Connection {
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const { project, environment } = place ?? {};
  useEffect(() => {
    if (project === undefined || environment === undefined) return;
    const path = `/api/v1/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}/changes`;
    return follow(path, gathered(queries), setConnection);
  }, [queries, project, environment]);
  return connection;
}

/** Returns how to stop. */
function follow(path: string, gather: (kind: string | null) => void, tell: (connection: Connection) => void): () => void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const open = (): void => {
    source = new EventSource(path);
    source.addEventListener('open', () => tell('live'));
    source.addEventListener('error', () => {
      tell('reconnecting');
      // A browser that was refused in words, as by a server that is starting, does not try again.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_FROM_MS + Math.random() * RETRY_JITTER_MS);
    });
    source.addEventListener('resync', () => gather(null));
    source.addEventListener('changes', ({ data }: MessageEvent<string>) => {
      for (const { kind } of (JSON.parse(data) as Changes).records) gather(kind);
    });
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
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
