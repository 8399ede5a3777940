/** Whether an environment is protected. */
import { useQuery } from '@tanstack/react-query';
import type { Place } from './answers.ts';
import { queries } from './queries.ts';

/** True until it is known: rather one question too many. */
export function useIsProtected({ project, environment }: Place): boolean {
  const { data: projects } = useQuery(queries.projects());
  const found = projects?.find(({ key }) => key === project)?.environments.find(({ key }) => key === environment);
  return found?.isProtected ?? true;
}
