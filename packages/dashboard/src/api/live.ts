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

/**
 * Returns how to stop. A browser has six connections to a server over HTTP/1.1, for all its tabs together: whoever does not
 * look gives theirs back, or the seventh tab would wait for ever. Each stream begins with `resync`, so nothing is missed.
 */
function follow(path: string, gather: (kind: string | null) => void, tell: (connection: Connection) => void): () => void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const close = (): void => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    const opened = new EventSource(path);
    source = opened;
    opened.addEventListener('open', () => tell('live'));
    opened.addEventListener('error', () => {
      tell('reconnecting');
      // A browser that was refused in words, as by a server that is starting, does not try again.
      if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_FROM_MS + Math.random() * RETRY_JITTER_MS);
    });
    opened.addEventListener('resync', () => gather(null));
    opened.addEventListener('changes', ({ data }: MessageEvent<string>) => {
      for (const { kind } of (JSON.parse(data) as Changes).records) gather(kind);
    });
  };
  const look = (): void => {
    close();
    if (document.visibilityState === 'visible') open();
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
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
        predicate: ({ queryKey: [depends], meta }) => {
          const others = (meta?.alsoOf ?? []) as readonly string[];
          return changed.has(null) || depends === 'history' || [depends as string, ...others].some((kind) => changed.has(kind));
        },
      });
    }, GATHER_MS);
  };
}
