/** Administration: a part for each thing that somebody has to look after, as far as they may. */
import { Select, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import type { Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { type AdminPath, usePermittedParts } from '../app/administration.ts';
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

const SHOWN: Readonly<Record<AdminPath, ComponentType<{ readonly place: Place }>>> = {
  approvals: Approvals,
  environments: EnvironmentsPart,
  tokens: TokensPart,
  people: PeoplePart,
  webhooks: WebhooksPart,
  sources: SourcesPart,
  'break-glass': BreakGlass,
  log: LogOfProject,
};

export function AdminPage() {
  const me = useQuery(queries.me());
  return <Asked query={me}>{() => <PermittedParts />}</Asked>;
}

function PermittedParts() {
  const place = usePlace();
  const { part } = useParams();
  const navigate = useNavigate();
  const parts = usePermittedParts(place);
  const [first] = parts;
  if (first === undefined)
    return <Nothing title="This is for others" hint="An administrator can give you a role that may do more." />;
  if (part === undefined) return <Navigate to={addressIn(place, 'admin', first.path)} replace />;
  const go = (chosen: string | null): void => void navigate(addressIn(place, 'admin', chosen ?? first.path));
  const shown = parts.find(({ path }) => path === part);
  return (
    <View title="Administration" hint={`Of the project ${place.project}`}>
      <Select
        aria-label="Part"
        hiddenFrom="sm"
        data={parts.map(({ path, label }) => ({ value: path, label }))}
        value={part}
        onChange={go}
        allowDeselect={false}
      />
      <Tabs value={part} onChange={go} keepMounted={false}>
        <Tabs.List mb="md" visibleFrom="sm">
          {parts.map(({ path, label }) => (
            <Tabs.Tab key={path} value={path}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ path }) => {
          const Shown = SHOWN[path];
          return (
            <Tabs.Panel key={path} value={path}>
              <Shown place={place} />
            </Tabs.Panel>
          );
        })}
      </Tabs>
      {shown === undefined && <Nothing title="This is for others" hint="There is no such part, or you may not see it." />}
    </View>
  );
}
