/** Who is in or out by name, whatever else holds. */
import { SimpleGrid, TagsInput, Textarea } from '@mantine/core';
import type { ChangeDraft, Draft } from './draft.ts';
import { useIssue } from './issues.tsx';

type NamesField = 'enabledUsers' | 'enabledGroups' | 'disabledUsers' | 'disabledGroups' | 'tags';

export interface NamesFieldsProps {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly segments: readonly string[];
}

export function NamesFields({ draft, onChange, segments }: NamesFieldsProps) {
  const field = (name: NamesField) => ({
    pointer: `/${name}`,
    names: draft[name] ?? [],
    onChange: (names: readonly string[]) => onChange({ [name]: names }),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NamesInput label="Users who are in" {...field('enabledUsers')} />
      <NamesInput label="Groups and segments that are in" {...field('enabledGroups')} known={segments} />
      <NamesInput label="Users who are out" {...field('disabledUsers')} />
      <NamesInput label="Groups and segments that are out" {...field('disabledGroups')} known={segments} />
    </SimpleGrid>
  );
}

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
      description={`${names.length.toLocaleString()} names, one a line`}
      rows={10}
      value={names.join('\n')}
      onChange={({ currentTarget }) => onChange(currentTarget.value.split('\n').filter((line) => line !== ''))}
    />
  );
}

/** A pasted column of names is a list of them. */
const SPLIT = ['\n', '\t'];
