/** The parts of administration, and which of them the person who looks may see. */
import { EVERY, type Permission } from '@sluice/core';
import type { Place } from '../api/answers.ts';
import { usePermitted } from '../api/permitted.ts';

interface AdminPart {
  readonly path: string;
  readonly label: string;
  readonly permission: Permission;
  /** Whether it is of the whole installation, where a role in one project is none. */
  readonly isOfAll?: boolean;
}

const PARTS = [
  { path: 'approvals', label: 'Approvals', permission: 'rollouts.approve' },
  { path: 'environments', label: 'Projects and environments', permission: 'project.manage' },
  { path: 'tokens', label: 'Tokens', permission: 'access.manage' },
  { path: 'people', label: 'People', permission: 'access.manage', isOfAll: true },
  { path: 'webhooks', label: 'Webhooks', permission: 'notifications.manage' },
  { path: 'sources', label: 'Metric sources', permission: 'rollouts.approve' },
  { path: 'break-glass', label: 'Break-glass', permission: 'rollouts.approve' },
  { path: 'log', label: 'Log', permission: 'project.manage' },
] as const satisfies readonly AdminPart[];

export type AdminPath = (typeof PARTS)[number]['path'];
/** A part with its name. */
export interface PermittedPart {
  readonly path: AdminPath;
  readonly label: string;
}

/** Empty for whoever looks after nothing. */
export function usePermittedParts({ project }: Place): readonly PermittedPart[] {
  const permitted = usePermitted();
  return PARTS.filter((part: AdminPart) => permitted(part.permission, part.isOfAll === true ? EVERY : project));
}
