/** The parts of a flag that can be edited, each under its heading. */
import { Stack, Text } from '@mantine/core';
import type { FlagSettings } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Flag, Place } from '../../api/answers.ts';
import { queries } from '../../api/queries.ts';
import { Section } from '../section.tsx';
import { ConditionEditor } from './condition-editor.tsx';
import { AboutFields, StatusFields } from './flag-fields.tsx';
import { NamesFields } from './names-fields.tsx';
import { PrerequisitesEditor } from './prerequisites-editor.tsx';
import { RulesEditor } from './rules-editor.tsx';
import type { FlagEdit } from './use-flag-edit.ts';
import { useStable } from './use-stable.ts';
import { VariantsEditor } from './variants-editor.tsx';

type Settings = Required<FlagSettings>;

const NONE: readonly never[] = [];
const EVERYBODY: Settings['conditions'] = {};

export interface EditorSectionsProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly edit: Pick<FlagEdit, 'draft' | 'change'>;
  readonly onUnready: (isUnready: boolean) => void;
}

export function EditorSections({ flag, place, edit: { draft, change }, onUnready }: EditorSectionsProps) {
  const { data: known } = useQuery(queries.segments(place));
  const { data: flags } = useQuery(queries.flags(place));
  const { variants: named = flag.variants } = draft;
  // The same while they are: what gets them is drawn anew when it changes itself, and not at every key.
  const segments = useMemo(() => (known ?? []).map(({ name }) => name), [known]);
  const others = useMemo(() => (flags ?? []).filter(({ name }) => name !== flag.name), [flags, flag.name]);
  const variants = useMemo(() => Object.keys(named), [named]);
  const setPrerequisites = useStable((prerequisites: Settings['prerequisites']) => change({ prerequisites }));
  const setConditions = useStable((conditions: Settings['conditions']) => change({ conditions }));
  const setRules = useStable((rules: Settings['rules']) => change({ rules }));
  return (
    <Stack gap="md">
      <Section title="Status and share">
        <StatusFields draft={draft} onChange={change} />
      </Section>
      <Section title="Prerequisites">
        <PrerequisitesEditor prerequisites={draft.prerequisites ?? NONE} onChange={setPrerequisites} flags={others} />
      </Section>
      <Section title="By name">
        <NamesFields draft={draft} onChange={change} segments={segments} />
      </Section>
      <Section title="Only units for which this holds">
        <ConditionEditor
          condition={draft.conditions ?? EVERYBODY}
          onChange={setConditions}
          pointer="/conditions"
          segments={segments}
          whenEmpty="Everybody may be in."
        />
      </Section>
      <Section title="Rules, the first that holds decides">
        <RulesEditor
          rules={draft.rules ?? NONE}
          onChange={setRules}
          variants={variants}
          onVariant={draft.onVariant ?? flag.onVariant}
          segments={segments}
        />
      </Section>
      <Section title="Variants">
        {flag.isComponent ? (
          <Text size="sm" c="dimmed">
            The variants of a component are its versions: {variants.join(', ')}.
          </Text>
        ) : (
          <VariantsEditor draft={draft} onChange={change} onUnready={onUnready} />
        )}
      </Section>
      <Section title="About">
        <AboutFields draft={draft} onChange={change} />
      </Section>
    </Stack>
  );
}
