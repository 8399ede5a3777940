/** Which methods a path takes, by the route table. */
import { ROUTES, type Route } from '@sluice/protocol';
import { OFREP_PREFIX } from './ofrep/prefix.ts';

const KNOWN = Object.values<Pick<Route, 'method' | 'path' | 'medium'>>(ROUTES).map(({ method, path, medium }) => ({
  segments: path.split('/'),
  // As they are registered: what is no stream can be asked for without its body.
  methods: method === 'GET' && medium !== 'events' ? ['GET', 'HEAD'] : [method],
}));

/** None for a path that there is not; `path` is as it was sent, without its query. */
export function methodsAt(path: string): readonly string[] {
  const sent = path.split('/');
  const methods = KNOWN.filter(({ segments }) => fits(segments, sent)).flatMap((known) => known.methods);
  if (methods.length > 0 && path.startsWith(OFREP_PREFIX)) methods.push('OPTIONS');
  return [...new Set(methods)].sort();
}

function fits(segments: readonly string[], sent: readonly string[]): boolean {
  return (
    segments.length === sent.length &&
    segments.every((segment, index) => (segment.startsWith(':') ? sent[index] !== '' : segment === sent[index]))
  );
}
