/** Which environment is looked at: it stands in the address, so that a link shows the same to whoever may see it. */
import { useParams } from 'react-router';
import type { Place } from '../api/answers.ts';

export function usePlace(): Place {
  const { project = 'default', environment = 'production' } = useParams();
  return { project, environment };
}

/** The address of a view in this place. */
export function addressIn({ project, environment }: Place, ...path: readonly string[]): string {
  return `/${['p', project, environment, ...path].map(encodeURIComponent).join('/')}`;
}
