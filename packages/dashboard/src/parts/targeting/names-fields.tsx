/** Who is in or out by name, whatever else holds. */
import { SimpleGrid, TagsInput, Textarea } from '@mantine/core';
import { memo } from 'react';
import { counted } from '../numbers.ts';
import type { ChangeDraft, Draft } from './draft.ts';
import { useIssue } from './issues.tsx';

type NamesField = 'enabledUsers' | 'enabledGroups' | 'disabledUsers' | 'disabledGroups';

export interface NamesFieldsProps {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly segments: readonly string[];
}

export function NamesFields({ draft, onChange, segments }: NamesFieldsProps) {
  const field = (name: NamesField) => ({ name, names: draft[name] ?? NOBODY, onChange });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ListOfNames label="Users who are in" {...field('enabledUsers')} known={NOBODY} />
      <ListOfNames label="Groups and segments that are in" {...field('enabledGroups')} known={segments} />
      <ListOfNames label="Users who are out" {...field('disabledUsers')} known={NOBODY} />
      <ListOfNames label="Groups and segments that are out" {...field('disabledGroups')} known={segments} />
    </SimpleGrid>
  );
}

const NOBODY: readonly string[] = [];

interface ListOfNamesProps {
  readonly label: string;
  readonly name: NamesField;
  readonly names: readonly string[];
  readonly known: readonly string[];
  readonly onChange: ChangeDraft;
}

/** Drawn anew when it changes, and not when another field does. */
const ListOfNames = memo(function ListOfNames({ label, name, names, known, onChange }: ListOfNamesProps) {
  return (
    <NamesInput
      label={label}
      names={names}
      known={known}
      pointer={`/${name}`}
      onChange={(changed) => onChange({ [name]: changed })}
    />
  );
});

export interface NamesInputProps {
  readonly label: string;
  readonly description?: string;
  readonly names: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
  /** Proposed while one types. */
  readonly known?: readonly string[];
  /** JSON pointer of the list in what is edited. */
  readonly pointer: string;
}

/** A pill for each of so many; beyond, lines of a text. */
const MOST_PILLS = 200;

export function NamesInput({ label, description, names, onChange, known = [], pointer }: NamesInputProps) {
  const error = useIssue(pointer);
  const common = { label, error, ...(description === undefined ? {} : { description }) };
  if (names.length <= MOST_PILLS)
    return (
      <TagsInput
        {...common}
        placeholder="Type and press Enter"
        value={[...names]}
        data={[...new Set(known)]}
        onChange={onChange}
        splitChars={SPLIT}
        maxDropdownHeight={220}
        acceptValueOnBlur
      />
    );
  return (
    <Textarea
      {...common}
      description={`${counted(names.length)} names, one a line`}
      rows={10}
      value={names.join('\n')}
      onChange={({ currentTarget }) => onChange(currentTarget.value.split('\n').filter((line) => line !== ''))}
    />
  );
}

/** A pasted column of names is a list of them. */
const SPLIT = ['\n', '\t'];
