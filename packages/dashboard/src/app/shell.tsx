/** What stands around every view: where one is, where one can go, and whether the page is still told of what happens. */
import {
  ActionIcon,
  Alert,
  AppShell,
  Badge,
  Burger,
  Group,
  NavLink,
  Select,
  Text,
  Tooltip,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArrowBackUp,
  IconFlag3,
  IconFlask,
  IconHistory,
  IconLayoutDashboard,
  IconLogout,
  IconMoon,
  IconPlugConnectedX,
  IconRipple,
  IconSettings,
  IconSun,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, Navigate, Outlet, NavLink as RouterNavLink, useLocation, useNavigate } from 'react-router';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { type Connection, useLive } from '../api/live.ts';
import { isStranger, queries } from '../api/queries.ts';
import { Asked } from '../parts/asked.tsx';
import { Palette } from '../parts/palette.tsx';
import { ViewBoundary } from '../parts/view-boundary.tsx';
import { usePermittedParts } from './administration.ts';
import { Mark } from './mark.tsx';
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
  const { pathname } = useLocation();
  if (isStranger(me.error)) return <Navigate to="/login" replace state={{ from: pathname }} />;
  if (me.data === undefined) return <Asked query={me}>{() => null}</Asked>;
  const views = isAdmin ? [...VIEWS, ADMINISTRATION] : VIEWS;
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 210, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="lg">
      <AppShell.Header px="md">
        <Group h="100%" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Mark />
            <PlacePicker place={place} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Palette place={place} />
            <LiveSign connection={connection} />
            <SchemeSwitch />
            <Tooltip label="Your account">
              <ActionIcon
                component={Link}
                to={addressIn(place, 'account')}
                variant="subtle"
                color="gray"
                aria-label="Your account"
              >
                <IconUser size={18} />
              </ActionIcon>
            </Tooltip>
            <LogoutButton actor={me.data.actor} />
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
      </AppShell.Navbar>
      <AppShell.Main>
        {connection === 'reconnecting' && (
          <Alert color="orange" p="xs" mb="md" hiddenFrom="xs" icon={<IconPlugConnectedX size={18} />}>
            {SIGNS.reconnecting.hint}
          </Alert>
        )}
        <ViewBoundary at={pathname}>
          <Suspense>
            <Outlet key={`${place.project} ${place.environment}`} />
          </Suspense>
        </ViewBoundary>
      </AppShell.Main>
    </AppShell>
  );
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
      w={{ base: 150, xs: 220 }}
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

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const isDark = colorScheme === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

function LogoutButton({ actor }: { readonly actor: string }) {
  return (
    <Tooltip label={<Text size="sm">Log out {actor}</Text>}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Log out ${actor}`}
        onClick={() => void api.session.logout({}).finally(() => location.assign('/login'))}
      >
        <IconLogout size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
