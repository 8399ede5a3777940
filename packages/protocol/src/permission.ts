/** What a caller may be allowed to do. Who holds which is decided by the access table; a route only names what it needs. */
export const PERMISSIONS = [
  'flags.read',
  'history.read',
  'evaluate',
  'snapshot.read',
  'flags.write',
  'segments.write',
  'rollouts.operate',
  'experiments.write',
  'rollbacks.perform',
  'components.write',
  'metrics.write',
  'transfer.export',
  'rollouts.approve',
  'transfer.import',
  'project.manage',
  'access.manage',
  'notifications.manage',
  'operations.read',
  'account.manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
