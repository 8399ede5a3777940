/** What the person who looks may do: decided by core's own table, so that nothing is offered that the server would refuse. */
import { EVERY, type Permission, permits } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from './queries.ts';

/** Answers whether they may do it in a project, or with `*` in the whole installation; nothing until it is known who they are. */
export function usePermitted(): (permission: Permission, project: string) => boolean {
  const { data: me } = useQuery(queries.me());
  return (permission, project) => {
    if (me?.roles == null) return false;
    const person = { kind: 'person', key: me.actor, roles: me.roles, token: null } as const;
    return permits(person, permission, { project, environment: EVERY });
  };
}
