/** Everything by keyboard: views and flags under Ctrl K. */
import { Button, Kbd } from '@mantine/core';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import type { Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { usePermittedParts } from '../app/administration.ts';
import { addressIn } from '../app/place.ts';

/** The search whose first hit is selected also when it comes after the last letter typed: Spotlight selects at letters alone, and Enter takes what is selected. */
function useFirstHitSelected() {
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const input = search.current;
    if (!input?.value || input.closest('[role="dialog"]')?.querySelector('[data-selected]')) return;
    input.dispatchEvent(new KeyboardEvent('keydown', { code: 'ArrowDown', bubbles: true }));
  });
  return search;
}

export function Palette({ place }: { readonly place: Place }) {
  const parts = usePermittedParts(place);
  const navigate = useNavigate();
  const { data: flags = [], isFetching, isError } = useQuery(queries.flags(place));
  const search = useFirstHitSelected();
  const unread = isError ? 'The flags could not be read' : 'There is nothing of this name';
  const nothingFound = isFetching ? 'Looking through the flags…' : unread;
  const go =
    (...path: readonly string[]) =>
    () =>
      void navigate(addressIn(place, ...path));
  const actions: SpotlightActionData[] = [
    { id: 'overview', label: 'Overview', onClick: go() },
    { id: 'flags', label: 'Flags', onClick: go('flags') },
    { id: 'segments', label: 'Segments', onClick: go('segments') },
    { id: 'rollouts', label: 'Rollouts', onClick: go('rollouts') },
    { id: 'tests', label: 'Tests', onClick: go('tests') },
    { id: 'rollbacks', label: 'Rollbacks', onClick: go('rollbacks') },
    { id: 'history', label: 'History', onClick: go('history') },
    ...parts.map(({ path, label }) => ({ id: path, label, description: 'Administration', onClick: go('admin', path) })),
    { id: 'account', label: 'Your account', onClick: go('account') },
    { id: 'start', label: 'First steps', description: 'A flag, and a program that asks for it', onClick: go('start') },
    ...flags.map(({ name, description }) => ({
      id: `flag ${name}`,
      label: name,
      description,
      onClick: go('flags', name),
    })),
  ];
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconSearch size={14} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={spotlight.open}
        visibleFrom="md"
      >
        Go to
      </Button>
      <Spotlight
        actions={actions}
        limit={12}
        closeOnClickOutside
        shortcut={['mod + K', '/']}
        nothingFound={nothingFound}
        searchProps={{
          ref: search,
          placeholder: 'A flag or a view',
          leftSection: <IconSearch size={16} />,
          'aria-label': 'A flag or a view',
        }}
      />
    </>
  );
}
