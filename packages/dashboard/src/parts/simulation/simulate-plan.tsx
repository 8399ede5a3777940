/** What the plan would do, before it is started: simulated rollouts of a good change and of one that is as assumed. */
import { Alert, Button, Group, Progress, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconWaveSine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Place } from '../../api/answers.ts';
import { queries } from '../../api/queries.ts';
import { NumberField } from '../number-field.tsx';
import type { PlanSettings } from '../rollout-choices.ts';
import { Forecast } from './forecast.tsx';
import { type AssumptionChoices, FIRST_ASSUMPTIONS, simulatedOf, unitsPerHourOf } from './simulated.ts';
import { type SimulationState, useSimulation } from './use-simulation.ts';

export interface SimulatePlanProps {
  readonly flag: string;
  readonly place: Place;
  readonly settings: PlanSettings;
}

export function SimulatePlan({ flag, place, settings }: SimulatePlanProps) {
  const stats = useQuery(queries.flagStats(place, flag));
  const [changed, setChanged] = useState<Partial<AssumptionChoices>>({});
  const { state, start, cancel } = useSimulation();
  const asked = stats.data === undefined ? null : unitsPerHourOf(stats.data);
  const assumed = { ...FIRST_ASSUMPTIONS, ...(asked === null ? {} : { unitsPerHour: asked }), ...changed };
  const simulated = simulatedOf(settings, assumed);
  return (
    <Stack gap="sm" component="section" aria-label="Simulation">
      <div>
        <Text fw={600} size="sm">
          What would it do?
        </Text>
        <Text size="xs" c="dimmed">
          Runs this plan many times in your browser, on users that are made up. Nothing is started.
        </Text>
      </div>
      <Assumptions
        assumed={assumed}
        isAsked={asked !== null && changed.unitsPerHour === undefined}
        onChange={(more) => setChanged({ ...changed, ...more })}
      />
      {state.kind === 'running' ? (
        <Running state={state} onCancel={cancel} />
      ) : (
        <Button
          variant="light"
          size="xs"
          leftSection={<IconWaveSine size={14} />}
          onClick={() => start(simulated)}
          disabled={Object.values(assumed).some(Number.isNaN)}
          style={{ alignSelf: 'flex-start' }}
        >
          Simulate
        </Button>
      )}
      {state.kind === 'failed' && <Alert color="red">{state.message}</Alert>}
      {state.kind === 'forecast' && (
        <Forecast state={state} isOld={JSON.stringify(state.simulated) !== JSON.stringify(simulated)} />
      )}
    </Stack>
  );
}

interface AssumptionsProps {
  readonly assumed: AssumptionChoices;
  /** The users an hour are what programs asked for. */
  readonly isAsked: boolean;
  readonly onChange: (changed: Partial<AssumptionChoices>) => void;
}

const PERCENT = { suffix: ' %', min: 0, max: 100, clampBehavior: 'strict' } as const;

function Assumptions({ assumed, isAsked, onChange }: AssumptionsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="sm" verticalSpacing="xs">
      <NumberField
        size="xs"
        label="Users an hour"
        description={isAsked ? 'as programs asked until now' : 'assumed'}
        value={assumed.unitsPerHour}
        onChange={(value) => onChange({ unitsPerHour: value })}
        min={1}
        thousandSeparator=","
      />
      <NumberField
        size="xs"
        label="Errors today"
        description="of all users"
        value={assumed.errorPercent}
        onChange={(value) => onChange({ errorPercent: value })}
        {...PERCENT}
      />
      <NumberField
        size="xs"
        label="Errors with a bad change"
        description="of those who get it"
        value={assumed.changeErrorPercent}
        onChange={(value) => onChange({ changeErrorPercent: value })}
        {...PERCENT}
      />
      <NumberField
        size="xs"
        label="Simulated rollouts"
        value={assumed.replicates}
        onChange={(value) => onChange({ replicates: value })}
        min={1}
        max={10_000}
        allowDecimal={false}
      />
      <TextInput
        size="xs"
        label="Seed"
        value={assumed.seed}
        onChange={({ currentTarget }) => onChange({ seed: currentTarget.value })}
        maxLength={200}
      />
    </SimpleGrid>
  );
}

interface RunningProps {
  readonly state: Extract<SimulationState, { kind: 'running' }>;
  readonly onCancel: () => void;
}

function Running({ state: { done, of }, onCancel }: RunningProps) {
  return (
    <Group wrap="nowrap" gap="sm">
      <Progress flex={1} value={(100 * done) / of} aria-label={`${done} of ${of} rollouts simulated`} />
      <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}>
        {done} of {of}
      </Text>
      <Button size="compact-xs" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </Group>
  );
}
