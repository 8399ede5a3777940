/** The share of units that are in, moved by hand. */
import { Button, Group, NumberInput, Slider, Text } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';

export function FlagShare({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const [percentage, setPercentage] = useState(flag.rolloutPercentage);
  const save = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.flags.setPercentage({ ...place, key: flag.name, percentage, reason }, { ifRevision: flag.revision, idempotencyKey }),
    done: () => `${flag.name} is at ${percentage} %`,
  });
  const isChanged = percentage !== flag.rolloutPercentage;
  const isOwned = flag.shareOwner !== null;
  return (
    <Section title="Share" aside={<Served flag={flag} />}>
      <Group wrap="nowrap" align="center">
        <Slider
          flex={1}
          value={percentage}
          onChange={setPercentage}
          disabled={isOwned}
          thumbLabel="Percentage of units that are in"
          marks={MARKS}
          mb="md"
          label={(value) => `${value} %`}
        />
        <NumberInput
          w={104}
          aria-label="Percentage"
          value={percentage}
          onChange={(value) => setPercentage(Number(value))}
          min={0}
          max={100}
          decimalScale={3}
          suffix=" %"
          disabled={isOwned}
        />
      </Group>
      {isChanged && (
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setPercentage(flag.rolloutPercentage)}>
            Leave it
          </Button>
          <Reasoned
            label={`Set ${percentage} %`}
            consequence={consequence(flag, percentage)}
            isRunning={save.isRunning}
            onConfirm={save.run}
            isReasonNeeded={place.environment === 'production'}
          />
        </Group>
      )}
    </Section>
  );
}

const MARKS = [0, 25, 50, 75, 100].map((value) => ({ value, label: `${value}` }));

function Served({ flag: { servedPercentage, onVariant } }: { readonly flag: Flag }) {
  return (
    <Text size="sm" c="dimmed" className="tabular">
      {servedPercentage} % get {onVariant}
    </Text>
  );
}

function consequence({ rolloutPercentage }: Flag, percentage: number): string {
  const isMore = percentage > rolloutPercentage;
  const who = isMore ? 'Whoever is in stays in, and others come' : 'Some of those who are in lose it, and nobody else comes in';
  return `From ${rolloutPercentage} to ${percentage} %. ${who}.`;
}
