/** All flags of the environment: found by typing, smooth with ten thousand of them. */
import { Button, Group, Modal, Paper, SegmentedControl, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Flag, Place } from '../api/answers.ts';
import { PAGE_SIZE, queries } from '../api/queries.ts';
import { usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { CreateFlag } from '../parts/first-flag.tsx';
import { isFound, STATES, useFlagSearch } from '../parts/flag-search.ts';
import { Nothing } from '../parts/nothing.tsx';
import { counted } from '../parts/numbers.ts';
import { View } from '../parts/view.tsx';
import { FlagRow, ROW_HEIGHT } from './flag-row.tsx';

export function FlagsPage() {
  const place = usePlace();
  const flags = useQuery(queries.flags(place));
  const read = flags.data?.length ?? 0;
  const isReading = flags.isFetching && read > 0 && read % PAGE_SIZE === 0;
  const [search, change] = useFlagSearch();
  const [isOpen, { open, close }] = useDisclosure();
  const actions = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New flag
    </Button>
  );
  return (
    <View
      title="Flags"
      hint={`Who gets what in ${place.environment}${isReading ? `. ${counted(read)} read so far` : ''}`}
      actions={actions}
    >
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
          value={search.text}
          onChange={({ currentTarget }) => change({ text: currentTarget.value })}
        />
        <SegmentedControl data={[...STATES]} value={search.state} onChange={(state) => change({ state })} aria-label="State" />
      </Group>
      <Asked query={flags} rows={8}>
        {(all) => <FlagRows flags={all.filter((flag) => isFound(flag, search))} of={all.length} place={place} />}
      </Asked>
    </View>
  );
}

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
  if (of === 0)
    return <Nothing title="There is no flag yet" hint="A flag decides who gets what, and is off until somebody opens it." />;
  if (flags.length === 0)
    return <Nothing title="No flag is like this" hint={`Of ${counted(of)} in all; another word or state may find some.`} />;
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
