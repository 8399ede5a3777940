/** Chooses a way back. */
import { Radio, Select, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { type BackChoices, stagesBack, WAYS_BACK, type WayBack } from './back-choices.ts';
import { NumberField } from './number-field.tsx';

export interface BackFieldsProps {
  readonly choices: BackChoices;
  readonly onChange: (changed: Partial<BackChoices>) => void;
  readonly flag: string;
  readonly place: Place;
}

export function BackFields({ choices, onChange, flag, place }: BackFieldsProps) {
  const components = useQuery({
    queryKey: ['component', place],
    queryFn: async () => (await api.components.list(place)).components,
  });
  const isComponent = components.data?.some(({ name }) => name === flag) ?? false;
  const { way } = choices;
  const offered = (Object.keys(WAYS_BACK) as WayBack[]).filter((known) => known !== 'toVersion' || isComponent);
  return (
    <>
      <Radio.Group label="How" value={way} onChange={(chosen) => onChange({ way: chosen as WayBack })}>
        <Stack gap="xs" mt={4}>
          {offered.map((known) => (
            <Radio key={known} value={known} label={WAYS_BACK[known].label} description={WAYS_BACK[known].hint} />
          ))}
        </Stack>
      </Radio.Group>
      {way === 'gradual' && <GradualFields choices={choices} onChange={onChange} />}
      {way === 'targeted' && (
        <TagsInput
          label="Users"
          description="Their keys, apart by Enter, comma or space; a list can be pasted"
          splitChars={[',', ' ', '\n', '\t']}
          value={[...choices.userIds]}
          onChange={(typed) => onChange({ userIds: apart(typed) })}
          acceptValueOnBlur
          required
        />
      )}
      {way === 'toVersion' && <VersionSelect choices={choices} onChange={onChange} flag={flag} place={place} />}
    </>
  );
}

/** What is taken when the field is left has not been parted. */
function apart(typed: readonly string[]): readonly string[] {
  return [...new Set(typed.flatMap((text) => text.split(/[\s,]+/)))].filter((text) => text !== '');
}

function GradualFields({ choices: { stages, intervalMinutes }, onChange }: Pick<BackFieldsProps, 'choices' | 'onChange'>) {
  return (
    <>
      <TagsInput
        label="Stages"
        description="Percentages, each below the one before; those that are not below the present share are skipped"
        splitChars={[',', ' ']}
        value={[...stages]}
        onChange={(typed) => onChange({ stages: apart(typed) })}
        acceptValueOnBlur
        error={stagesBack(stages) === null ? 'Numbers from 0 to 100, as in 75, 50, 0' : null}
      />
      <NumberField
        label="Time between them"
        value={intervalMinutes}
        onChange={(minutes) => onChange({ intervalMinutes: minutes })}
        min={0.1}
        decimalScale={1}
        suffix=" min"
      />
    </>
  );
}

function VersionSelect({ choices: { version }, onChange, flag, place }: BackFieldsProps) {
  const versions = useQuery({
    queryKey: ['component', place, flag],
    queryFn: async () => (await api.components.versions({ ...place, component: flag })).versions,
  });
  const offered = (versions.data ?? []).filter(({ retiredAt }) => retiredAt === null).reverse();
  return (
    <Select
      label="Version"
      description={versions.error?.message ?? 'With the share that each serves now'}
      data={offered.map(({ version: value, servedPercentage }) => ({ value, label: `${value} · ${servedPercentage} %` }))}
      value={version}
      onChange={(chosen) => onChange({ version: chosen })}
      required
    />
  );
}
