/** The project that is looked at, with its environments. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Place, Project } from '../../api/answers.ts';
import { api } from '../../api/api.ts';

export function useProject({ project }: Place): UseQueryResult<Project> {
  return useQuery({ queryKey: ['project', project], queryFn: () => api.projects.get({ project }) });
}
