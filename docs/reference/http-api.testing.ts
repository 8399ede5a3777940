/** The reference of the HTTP API, made of the route table: what a route needs cannot be said otherwise here than it is checked. */
import { EVERY, PERMISSIONS, type Permission, permits, ROLES, type TokenKind } from '@sluice/core';
import { ROUTE_IDS, type Route, routeOf, STATUS_OF } from '@sluice/protocol';

const SCOPE = { project: 'p', environment: 'e' };

export function httpReference(intro: string): string {
  const groups = [...new Set(ROUTE_IDS.map((id) => id.split('.')[0] ?? ''))];
  return [intro.trim(), '', ...statuses(), '', ...permissions(), '', '## Routes', '', ...groups.flatMap(groupOf)].join('\n');
}

function statuses(): string[] {
  const rows = Object.entries(STATUS_OF).map(([code, status]) => `| \`${code}\` | ${status} |`);
  return ['| `code` | status |', '|---|---|', ...rows];
}

function permissions(): string[] {
  return ['## Who may', '', '| permission | least role | tokens |', '|---|---|---|', ...PERMISSIONS.map(permissionRow)];
}

function permissionRow(permission: Permission): string {
  const role = ROLES.find((known) =>
    permits({ kind: 'person', key: 'ann', roles: { [EVERY]: known }, token: null }, permission, SCOPE),
  );
  const nobody = permits({ kind: 'person', key: 'ann', roles: {}, token: null }, permission, SCOPE);
  const kinds: Exclude<TokenKind, 'personal'>[] = ['server', 'client'];
  const tokens = kinds.filter((tokenKind) => permits({ kind: 'token', id: 't', tokenKind, boundTo: SCOPE }, permission, SCOPE));
  const machine = permits({ kind: 'breakGlass' }, permission, SCOPE) ? ['break-glass'] : [];
  return `| \`${permission}\` | ${nobody ? 'every person, of themselves' : role} | ${[...tokens, ...machine].join(', ')} |`;
}

function groupOf(group: string): string[] {
  const ids = ROUTE_IDS.filter((id) => id.startsWith(`${group}.`));
  return [`### ${group}`, '', ...ids.flatMap((id) => routeLines(id, routeOf(id)))];
}

function routeLines(id: string, route: Route): string[] {
  const { method, path, permission, summary, query, body, answers, changes, matchesRevision, medium } = route;
  const told = [
    `\`${permission}\``,
    ...(Object.keys(query.shape).length === 0 ? [] : [`query ${members(query.shape)}`]),
    ...(body === null ? [] : [`body ${members(body.shape)}`]),
    `answers ${Object.keys(answers).join(', ')}${medium === 'json' ? '' : ` (${medium})`}`,
    ...(changes ? ['`Idempotency-Key`'] : []),
    ...(matchesRevision ? ['`If-Match`'] : []),
  ];
  return [`- **\`${method} ${path}\`** (\`${id}\`) ${summary}.`, `  ${told.join(' · ')}`, ''];
}

type Parts = Readonly<Record<string, { safeParse(value: unknown): { readonly success: boolean } }>>;

function members(shape: Parts): string {
  return Object.entries(shape)
    .map(([name, schema]) => `\`${name}${schema.safeParse(undefined).success ? '?' : ''}\``)
    .join(', ');
}
