/** The arms of a new test: what is held against what, and who gets how much. */
import { ActionIcon, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { NumberField } from './number-field.tsx';
import { type ArmChoice, inEqualParts, partsProblem, type TestChoices } from './test-choices.ts';

interface TestArmsProps {
  readonly choices: TestChoices;
  readonly onChange: (changed: Pick<TestChoices, 'arms' | 'isEven'>) => void;
}

const MOST = 10;

export function TestArms({ choices: { arms, isEven }, onChange }: TestArmsProps) {
  const set = (id: number, changed: Partial<ArmChoice>): void =>
    onChange({ isEven, arms: arms.map((arm) => (arm.id === id ? { ...arm, ...changed } : arm)) });
  const add = (): void => {
    const id = Math.max(...arms.map((arm) => arm.id)) + 1;
    onChange({ isEven, arms: [...arms, { id, variant: `treatment-${id}`, component: '', percentage: 0 }] });
  };
  const problem = partsProblem({ arms, isEven });
  return (
    <Stack gap="xs">
      {arms.map((arm, index) => (
        <ArmRow
          key={arm.id}
          arm={arm}
          index={index}
          isEven={isEven}
          onChange={(changed) => set(arm.id, changed)}
          {...(arms.length > 2 && index > 0
            ? { onTakeOut: () => onChange({ isEven, arms: arms.filter(({ id }) => id !== arm.id) }) }
            : {})}
        />
      ))}
      {problem !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="status">
          {problem}
        </Text>
      )}
      <Group justify="space-between">
        <Checkbox
          label="In equal parts"
          checked={isEven}
          onChange={({ currentTarget }) => onChange({ arms: inEqualParts(arms), isEven: currentTarget.checked })}
        />
        {arms.length < MOST && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={add}>
            One more arm
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface ArmRowProps {
  readonly arm: ArmChoice;
  readonly index: number;
  readonly isEven: boolean;
  readonly onChange: (changed: Partial<ArmChoice>) => void;
  /** Where it may go. */
  readonly onTakeOut?: () => void;
}

function ArmRow({ arm, index, isEven, onChange, onTakeOut }: ArmRowProps) {
  return (
    <Group align="flex-end" gap="xs">
      <TextInput
        flex="1 1 110px"
        miw={0}
        label={index === 0 ? 'Arm' : undefined}
        aria-label={`Name of arm ${index + 1}`}
        value={arm.variant}
        onChange={({ currentTarget }) => onChange({ variant: currentTarget.value })}
        disabled={index === 0}
        required
      />
      <TextInput
        flex="2 1 150px"
        miw={0}
        label={index === 0 ? 'What it serves' : undefined}
        aria-label={`What arm ${index + 1} serves`}
        placeholder={index === 0 ? 'what is there now' : 'what is tried'}
        value={arm.component}
        onChange={({ currentTarget }) => onChange({ component: currentTarget.value })}
        required
      />
      {!isEven && (
        <NumberField
          w={96}
          label={index === 0 ? 'Part' : undefined}
          aria-label={`Part of arm ${index + 1}`}
          value={arm.percentage}
          onChange={(value) => onChange({ percentage: value })}
          suffix=" %"
          min={0}
          max={100}
          decimalScale={3}
          hideControls
        />
      )}
      {onTakeOut !== undefined && (
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Take arm ${index + 1} out`} onClick={onTakeOut}>
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}
