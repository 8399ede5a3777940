/** Administration: a part for each thing that somebody has to look after, as far as they may. */
import { Tabs } from '@mantine/core';
import type { Permission } from '@sluice/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import type { Place } from '../api/answers.ts';
import { usePermitted } from '../api/permitted.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { View } from '../parts/view.tsx';
import { Approvals } from './admin/approvals.tsx';
import { BreakGlass } from './admin/break-glass.tsx';
import { EnvironmentsPart } from './admin/environments-part.tsx';
import { LogOfProject } from './admin/log-of-project.tsx';
import { PeoplePart } from './admin/people-part.tsx';
import { SourcesPart } from './admin/sources-part.tsx';
import { TokensPart } from './admin/tokens-part.tsx';
import { WebhooksPart } from './admin/webhooks-part.tsx';

interface Part {
  readonly path: string;
  readonly label: string;
  readonly permission: Permission;
  /** Whether it is of the whole installation, where a role in one project is none. */
  readonly isOfAll?: boolean;
  readonly Shown: ComponentType<{ readonly place: Place }>;
}

const PARTS: readonly Part[] = [
  { path: 'approvals', label: 'Approvals', permission: 'rollouts.approve', Shown: Approvals },
  { path: 'environments', label: 'Projects and environments', permission: 'project.manage', Shown: EnvironmentsPart },
  { path: 'tokens', label: 'Tokens', permission: 'access.manage', Shown: TokensPart },
  { path: 'people', label: 'People', permission: 'access.manage', isOfAll: true, Shown: PeoplePart },
  { path: 'webhooks', label: 'Webhooks', permission: 'notifications.manage', Shown: WebhooksPart },
  { path: 'sources', label: 'Metric sources', permission: 'rollouts.approve', Shown: SourcesPart },
  { path: 'break-glass', label: 'Break-glass', permission: 'rollouts.approve', Shown: BreakGlass },
  { path: 'log', label: 'Log', permission: 'project.manage', Shown: LogOfProject },
];

export function AdminPage() {
  const me = useQuery(queries.me());
  return <Asked query={me}>{() => <PermittedParts />}</Asked>;
}

function PermittedParts() {
  const place = usePlace();
  const { part } = useParams();
  const navigate = useNavigate();
  const permitted = usePermitted();
  const parts = PARTS.filter(({ permission, isOfAll = false }) => permitted(permission, isOfAll ? EVERY : place.project));
  const [first] = parts;
  if (first === undefined)
    return <Nothing title="This is for others" hint="An administrator can give you a role that may do more." />;
  if (part === undefined) return <Navigate to={addressIn(place, 'admin', first.path)} replace />;
  const shown = parts.find(({ path }) => path === part);
  return (
    <View title="Administration" hint={`Of the project ${place.project}`}>
      <Tabs
        value={part}
        onChange={(chosen) => void navigate(addressIn(place, 'admin', chosen ?? first.path))}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {parts.map(({ path, label }) => (
            <Tabs.Tab key={path} value={path}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ path, Shown }) => (
          <Tabs.Panel key={path} value={path}>
            <Shown place={place} />
          </Tabs.Panel>
        ))}
      </Tabs>
      {shown === undefined && <Nothing title="This is for others" hint="There is no such part, or you may not see it." />}
    </View>
  );
}
