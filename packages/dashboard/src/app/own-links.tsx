/** Who one is here, in what colours, and the way out. */
import { ActionIcon, Box, Group, NavLink, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { Link, NavLink as RouterNavLink } from 'react-router';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { addressIn } from './place.ts';

/** In the head of the page. */
export function OwnButtons({ place, actor }: { readonly place: Place; readonly actor: string }) {
  return (
    <Group gap="xs" wrap="nowrap" visibleFrom="xs">
      <SchemeSwitch />
      <Tooltip label="Your account">
        <ActionIcon component={Link} to={addressIn(place, 'account')} variant="subtle" color="gray" aria-label="Your account">
          <IconUser size={18} />
        </ActionIcon>
      </Tooltip>
      <LogoutButton actor={actor} />
    </Group>
  );
}

/** The same in the menu of a phone, whose head has room for the environment alone. */
export function OwnLinks({ place, onGo }: { readonly place: Place; readonly onGo: () => void }) {
  const { label, icon: Icon, toggle } = useScheme();
  return (
    <Box hiddenFrom="xs" mt="auto">
      <NavLink
        component={RouterNavLink}
        to={addressIn(place, 'account')}
        label="Your account"
        leftSection={<IconUser size={18} stroke={1.6} />}
        onClick={onGo}
        variant="light"
      />
      <NavLink component="button" label={label} leftSection={<Icon size={18} stroke={1.6} />} onClick={toggle} />
      <NavLink component="button" label="Log out" leftSection={<IconLogout size={18} stroke={1.6} />} onClick={logOut} />
    </Box>
  );
}

/** The other colours, and how one comes to them. */
function useScheme() {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const isDark = useComputedColorScheme('light') === 'dark';
  return {
    label: isDark ? 'Light colours' : 'Dark colours',
    icon: isDark ? IconSun : IconMoon,
    toggle: () => setColorScheme(isDark ? 'light' : 'dark'),
  };
}

function logOut(): void {
  void api.session.logout({}).finally(() => location.assign('/login'));
}

function SchemeSwitch() {
  const { label, icon: Icon, toggle } = useScheme();
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={toggle}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

function LogoutButton({ actor }: { readonly actor: string }) {
  return (
    <Tooltip label={<Text size="sm">Log out {actor}</Text>}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Log out ${actor}`} onClick={logOut}>
        <IconLogout size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
