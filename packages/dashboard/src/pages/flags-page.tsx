/** All flags of the environment: found by typing, smooth with ten thousand of them. */
import { Badge, Button, Group, Modal, Paper, Progress, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Flag, Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { CreateFlag } from '../parts/first-flag.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { StatusBadge } from '../parts/phase-badge.tsx';
import { View } from '../parts/view.tsx';

const STATES = ['all', 'on', 'part', 'off'] as const;
type State = (typeof STATES)[number];

export function FlagsPage() {
  const place = usePlace();
  const flags = useQuery(queries.flags(place));
  const [text, setText] = useState('');
  const [state, setState] = useState<State>('all');
  const [isOpen, { open, close }] = useDisclosure();
  const actions = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New flag
    </Button>
  );
  return (
    <View title="Flags" hint={`Who gets what in ${place.environment}`} actions={actions}>
      <Modal opened={isOpen} onClose={close} title="New flag" centered>
        <CreateFlag place={place} />
      </Modal>
      <Group>
        <TextInput
          flex={1}
          miw={200}
          aria-label="Find flags"
          placeholder="Name, description, owner or tag"
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <SegmentedControl data={[...STATES]} value={state} onChange={(value) => setState(value as State)} aria-label="State" />
      </Group>
      <Asked query={flags} rows={8}>
        {(all) => <FlagRows flags={all.filter((flag) => isFound(flag, text, state))} of={all.length} place={place} />}
      </Asked>
    </View>
  );
}

function isFound({ name, description, owner, tags, status }: Flag, text: string, state: State): boolean {
  if (state === 'on' && status !== 'enabled') return false;
  if (state === 'off' && status !== 'disabled') return false;
  if (state === 'part' && (status === 'enabled' || status === 'disabled')) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [name, description, owner ?? '', ...tags].some((part) => part.toLowerCase().includes(wanted));
}

const ROW_HEIGHT = 60;

interface FlagRowsProps {
  readonly flags: readonly Flag[];
  readonly of: number;
  readonly place: Place;
}

function FlagRows({ flags, of, place }: FlagRowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: flags.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  if (flags.length === 0)
    return <Nothing title="No flag is like this" hint={`There are ${of} flags; another word or state may find some.`} />;
  return (
    <Paper withBorder radius="md" style={{ overflow: 'hidden' }}>
      <div ref={list} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const flag = flags[index];
          if (flag === undefined) return null;
          const top = start - rows.options.scrollMargin;
          return (
            <div
              key={key}
              style={{ position: 'absolute', insetInline: 0, height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
            >
              <FlagRow flag={flag} place={place} isFirst={index === 0} />
            </div>
          );
        })}
      </div>
    </Paper>
  );
}

function FlagRow({ flag, place, isFirst }: { readonly flag: Flag; readonly place: Place; readonly isFirst: boolean }) {
  const border = isFirst ? {} : { borderTop: '1px solid var(--mantine-color-default-border)' };
  return (
    <Link to={addressIn(place, 'flags', flag.name)} className="row-link">
      <Group h={ROW_HEIGHT} px="md" wrap="nowrap" justify="space-between" style={border}>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text fw={600} size="sm" truncate className="row-name">
            {flag.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {flag.description === '' ? 'no description' : flag.description}
          </Text>
        </div>
        <Group gap={4} visibleFrom="sm" wrap="nowrap">
          {flag.tags.slice(0, 3).map((tag) => (
            <Badge key={tag} variant="default" size="sm" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
        <Progress w={110} value={flag.servedPercentage} aria-label={`${flag.servedPercentage} % served`} visibleFrom="xs" />
        <Group w={96} justify="flex-end">
          <StatusBadge flag={flag} />
        </Group>
      </Group>
    </Link>
  );
}
