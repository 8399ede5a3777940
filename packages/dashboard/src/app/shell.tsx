/** What stands around every view: where one is, where one can go, and whether the page is still told of what happens. */
import { ActionIcon, Alert, AppShell, Badge, Burger, Button, Group, NavLink, Select, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArrowBackUp,
  IconFlag3,
  IconFlask,
  IconHelp,
  IconHistory,
  IconLayoutDashboard,
  IconPlugConnectedX,
  IconRipple,
  IconSettings,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, Navigate, Outlet, NavLink as RouterNavLink, useLocation, useNavigate } from 'react-router';
import type { Place } from '../api/answers.ts';
import { type Connection, useLive } from '../api/live.ts';
import { usePermitted } from '../api/permitted.ts';
import { isRefused, queries } from '../api/queries.ts';
import { Asked, Waiting } from '../parts/asked.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Palette } from '../parts/palette.tsx';
import { ViewBoundary } from '../parts/view-boundary.tsx';
import { usePermittedParts } from './administration.ts';
import { guideOf } from './help.ts';
import { Mark } from './mark.tsx';
import { OwnButtons, OwnLinks } from './own-links.tsx';
import { addressIn, usePlace } from './place.ts';

const VIEWS = [
  { path: [], label: 'Overview', icon: IconLayoutDashboard },
  { path: ['flags'], label: 'Flags', icon: IconFlag3 },
  { path: ['segments'], label: 'Segments', icon: IconUsersGroup },
  { path: ['rollouts'], label: 'Rollouts', icon: IconRipple },
  { path: ['tests'], label: 'Tests', icon: IconFlask },
  { path: ['rollbacks'], label: 'Rollbacks', icon: IconArrowBackUp },
  { path: ['history'], label: 'History', icon: IconHistory },
] as const;

const ADMINISTRATION = { path: ['admin'], label: 'Administration', icon: IconSettings } as const;

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const me = useQuery(queries.me());
  const place = usePlace();
  const isAdmin = usePermittedParts(place).length > 0;
  const connection = useLive(me.data === undefined ? null : place);
  const { pathname, search } = useLocation();
  if (isRefused(me.error)) return <Navigate to="/login" replace state={{ from: `${pathname}${search}` }} />;
  if (me.data === undefined) return <Asked query={me}>{() => null}</Asked>;
  const views = isAdmin ? [...VIEWS, ADMINISTRATION] : VIEWS;
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 210, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="lg">
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      <AppShell.Header px="md">
        <Group h="100%" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" flex={1} miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Mark />
            <PlacePicker place={place} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Palette place={place} />
            <ViewOnly place={place} />
            <LiveSign connection={connection} />
            <HelpButton place={place} at={pathname} />
            <OwnButtons place={place} actor={me.data.actor} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        {views.map(({ path, label, icon: Icon }) => (
          <NavLink
            key={label}
            component={RouterNavLink}
            to={addressIn(place, ...path)}
            end={path.length === 0}
            label={label}
            leftSection={<Icon size={18} stroke={1.6} />}
            onClick={close}
            variant="light"
          />
        ))}
        <OwnLinks place={place} onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {connection === 'reconnecting' && (
          <Alert color="orange" p="xs" mb="md" hiddenFrom="xs" icon={<IconPlugConnectedX size={18} />}>
            {SIGNS.reconnecting.hint}
          </Alert>
        )}
        <ViewBoundary at={pathname} isLive={connection === 'live'}>
          <Suspense fallback={<Waiting rows={6} />}>
            <ViewIn place={place} />
          </Suspense>
        </ViewBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

function ViewIn({ place }: { readonly place: Place }) {
  const { project, environment } = place;
  const { data: projects, isFetching } = useQuery(queries.projects());
  const isThere = projects?.find(({ key }) => key === project)?.environments.some(({ key }) => key === environment) ?? false;
  if (!isThere && projects !== undefined && !isFetching)
    return (
      <Nothing title="There is no such environment" hint={`${project} / ${environment} is not there, or not yours to see.`}>
        <Button component={Link} to="/" variant="light">
          Overview
        </Button>
      </Nothing>
    );
  return <Outlet key={`${project} ${environment}`} />;
}

function PlacePicker({ place }: { readonly place: Place }) {
  const { data: projects = [] } = useQuery(queries.projects());
  const navigate = useNavigate();
  const options = projects.map(({ key, name, environments }) => ({
    group: name,
    items: environments.map((environment) => ({
      value: JSON.stringify([key, environment.key]),
      label: `${key} / ${environment.key}`,
    })),
  }));
  return (
    <Select
      aria-label="Project and environment"
      size="xs"
      flex={1}
      miw={0}
      maw={220}
      allowDeselect={false}
      data={options}
      value={JSON.stringify([place.project, place.environment])}
      onChange={(chosen) => {
        const [project, environment] = JSON.parse(chosen ?? '[]') as [string, string];
        void navigate(addressIn({ project, environment }));
      }}
    />
  );
}

const SIGNS: Readonly<Record<Connection, { readonly color: string; readonly hint: string }>> = {
  connecting: { color: 'gray', hint: 'Connecting to the server' },
  live: { color: 'teal', hint: 'What you see changes as it happens' },
  reconnecting: { color: 'orange', hint: 'Reconnecting: the server cannot be heard. What you see may be old' },
};

function LiveSign({ connection }: { readonly connection: Connection }) {
  const { color, hint } = SIGNS[connection];
  return (
    <Tooltip label={hint}>
      <Badge variant="dot" color={color} tt="none" role="status" visibleFrom="xs">
        {connection}
      </Badge>
    </Tooltip>
  );
}

/** Said before a button is pressed that would be refused. */
function ViewOnly({ place: { project } }: { readonly place: Place }) {
  const permitted = usePermitted();
  if (permitted('flags.write', project)) return null;
  return (
    <Tooltip label={`You may look at ${project}, and change nothing: that is for editors`}>
      <Badge variant="default" tt="none" flex="none">
        view only
      </Badge>
    </Tooltip>
  );
}

/** Leads to the guide of what is looked at. */
function HelpButton({ place, at }: { readonly place: Place; readonly at: string }) {
  return (
    <Tooltip label="Help for this view">
      <ActionIcon
        component={Link}
        to={addressIn(place, 'help', ...guideOf(at).split('/'))}
        variant="subtle"
        color="gray"
        aria-label="Help for this view"
      >
        <IconHelp size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
