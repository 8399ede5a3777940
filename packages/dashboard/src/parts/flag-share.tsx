/** The share of units that are in, moved by hand, with who would be in while one moves it. */
import { Alert, Button, Group, Slider, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock, IconRipple } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { EditPreview, Flag, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { NumberField } from './number-field.tsx';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';
import { StartRollout } from './start-rollout.tsx';
import { unitsOf, useTriedUnits } from './targeting/tried-units.ts';
import { usePreview } from './targeting/use-preview.ts';
import { WhoIsIn } from './targeting/who-is-in.tsx';

export function FlagShare({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  // Null follows the flag, whoever moves it; what one has moved oneself stays.
  const [wanted, setWanted] = useState<number | null>(null);
  const [tried, setTried] = useTriedUnits();
  const isChanged = wanted !== null && !Number.isNaN(wanted) && wanted !== flag.rolloutPercentage;
  const percentage = wanted ?? flag.rolloutPercentage;
  const { preview, isCurrent } = usePreview(place, flag.name, isChanged ? { rolloutPercentage: percentage } : {}, unitsOf(tried));
  const refusal = isChanged ? (preview?.refusal ?? null) : null;
  const isOwned = flag.shareOwner !== null || flag.isArchived;
  return (
    <Section title="Share" aside={<Served flag={flag} />}>
      <ShareInput percentage={percentage} onChange={setWanted} isDisabled={isOwned} error={refusal?.issues[0]?.message ?? null} />
      <WhoIsIn tried={tried} onTry={setTried} preview={preview} />
      {refusal !== null && refusal.issues.length === 0 && <Refused refusal={refusal} flag={flag} place={place} />}
      {isChanged && (
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setWanted(null)}>
            Leave it
          </Button>
          {refusal === null && (
            <SetShare flag={flag} place={place} percentage={percentage} isUnready={!isCurrent} onDone={() => setWanted(null)} />
          )}
        </Group>
      )}
    </Section>
  );
}

interface ShareInputProps {
  readonly percentage: number;
  readonly onChange: (percentage: number) => void;
  readonly isDisabled: boolean;
  readonly error: string | null;
}

function ShareInput({ percentage, onChange, isDisabled, error }: ShareInputProps) {
  return (
    <Group wrap="nowrap" align="flex-start">
      <Slider
        flex={1}
        value={Number.isNaN(percentage) ? 0 : percentage}
        onChange={onChange}
        disabled={isDisabled}
        thumbLabel="Percentage of units that are in"
        marks={MARKS}
        mt={8}
        mb="lg"
        label={(value) => `${value} %`}
      />
      <NumberField
        w={104}
        aria-label="Percentage"
        value={percentage}
        onChange={onChange}
        min={0}
        max={100}
        decimalScale={3}
        suffix=" %"
        disabled={isDisabled}
        error={error}
      />
    </Group>
  );
}

const MARKS = [0, 25, 50, 75, 100].map((value) => ({ value, label: `${value}` }));

interface RefusedProps {
  readonly refusal: NonNullable<EditPreview['refusal']>;
  readonly flag: Flag;
  readonly place: Place;
}

/** Where a hand may not, a rollout may. */
function Refused({ refusal, flag, place }: RefusedProps) {
  const [isOpen, { open, close }] = useDisclosure();
  const mayRollOut = flag.shareOwner === null && flag.status !== 'disabled';
  return (
    <Alert color="orange" icon={<IconLock size={18} />} title="Not by hand">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{refusal.message}</Text>
        {mayRollOut && (
          <Button size="xs" leftSection={<IconRipple size={14} />} onClick={open}>
            Roll it out instead
          </Button>
        )}
      </Stack>
      {isOpen && <StartRollout flag={flag} place={place} onClose={close} />}
    </Alert>
  );
}

interface SetShareProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly percentage: number;
  readonly isUnready: boolean;
  readonly onDone: () => void;
}

function SetShare({ flag, place, percentage, isUnready, onDone }: SetShareProps) {
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  const save = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.flags.setPercentage({ ...place, key: flag.name, percentage, reason }, { ifRevision: flag.revision, idempotencyKey }),
    done: () => `${flag.name} is at ${percentage} %`,
    onDone,
  });
  return (
    <Reasoned
      label={`Set ${percentage} %`}
      consequence={consequence(flag, percentage)}
      isRunning={save.isRunning}
      onConfirm={save.run}
      isReasonNeeded={isProtected}
      isUnready={isUnready}
    />
  );
}

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
