/** What differs between two states of a flag: in words, or as lines of JSON. */
import { ScrollArea, SegmentedControl, Stack, Text } from '@mantine/core';
import type { FlagSettings, JsonValue } from '@sluice/core';
import { useState } from 'react';
import styles from './differences.module.css';
import { jsonLines } from './json-lines.ts';
import { changedFields, differencesOf, type FieldDifference } from './settings-words.ts';

export interface DifferencesProps {
  readonly before: FlagSettings;
  readonly after: FlagSettings;
}

export function Differences({ before, after }: DifferencesProps) {
  const [form, setForm] = useState('In words');
  const differences = differencesOf(before, after);
  if (differences.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing differs.
      </Text>
    );
  return (
    <Stack gap="sm">
      <SegmentedControl
        data={['In words', 'As JSON']}
        value={form}
        onChange={setForm}
        aria-label="How differences are told"
        style={{ alignSelf: 'flex-start' }}
        size="xs"
      />
      {form === 'In words' ? (
        <DifferencesInWords differences={differences} />
      ) : (
        <DifferencesAsLines before={before} after={after} />
      )}
    </Stack>
  );
}

export function DifferencesInWords({ differences }: { readonly differences: readonly FieldDifference[] }) {
  return (
    <Stack gap="xs" component="dl" m={0}>
      {differences.map(({ field, label, words }) => (
        <div key={field}>
          <Text component="dt" size="sm" fw={600}>
            {label}
          </Text>
          {words.map((said) => (
            <Text
              key={said}
              component="dd"
              size="sm"
              m={0}
              className={colourOf(said)}
              style={{ overflowWrap: 'anywhere' }}
              px={6}
            >
              {said}
            </Text>
          ))}
        </div>
      ))}
    </Stack>
  );
}

function colourOf(said: string): string {
  if (said.startsWith('+ ')) return styles.after ?? '';
  return said.startsWith('− ') ? (styles.before ?? '') : '';
}

/** Of the settings that differ, and none of those that do not. */
function DifferencesAsLines({ before, after }: DifferencesProps) {
  const fields = changedFields(before, after);
  const only = (settings: FlagSettings): JsonValue =>
    Object.fromEntries(fields.flatMap((field) => (settings[field] === undefined ? [] : [[field, settings[field]]]))) as JsonValue;
  return <JsonLines before={only(before)} after={only(after)} />;
}

const SIGNS = { both: ' ', before: '−', after: '+' } as const;

export function JsonLines({ before, after }: { readonly before: JsonValue | undefined; readonly after: JsonValue | undefined }) {
  const lines = jsonLines(before, after).map((line, number) => ({ ...line, number }));
  return (
    <ScrollArea.Autosize
      mah={420}
      className={styles.lines}
      viewportProps={{ tabIndex: 0, 'aria-label': 'Differences as JSON', role: 'region' }}
    >
      {lines.map(({ number, side, text }) => (
        <span key={number} className={`${styles.line} ${side === 'both' ? '' : styles[side]}`}>
          {`${SIGNS[side]} ${text}`}
        </span>
      ))}
    </ScrollArea.Autosize>
  );
}
