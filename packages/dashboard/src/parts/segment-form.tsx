/** What a segment is and whom its condition lets in, edited on the revision that was seen. */
import { Alert, Button, Group, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../api/acting.tsx';
import type { Place, Segment } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { conditionInWords } from './differences/condition-words.ts';
import { JsonLines } from './differences/differences.tsx';
import { Reasoned } from './reasoned.tsx';
import { Section } from './section.tsx';
import { ConditionEditor } from './targeting/condition-editor.tsx';
import { type Issues, IssuesProvider } from './targeting/issues.tsx';
import { NamesInput } from './targeting/names-fields.tsx';

type Form = Pick<Segment, 'description' | 'tags' | 'condition'>;

export interface SegmentFormProps {
  readonly segment: Segment;
  readonly place: Place;
}

function formOf({ description, tags, condition }: Segment): Form {
  return { description, tags, condition };
}

export function SegmentForm({ segment, place }: SegmentFormProps) {
  // What it began from stays, so that what others save meanwhile is noticed.
  const [base, setBase] = useState(segment);
  const [form, setForm] = useState<Form>(() => formOf(segment));
  const [version, setVersion] = useState(0);
  const [issues, setIssues] = useState<Issues>([]);
  const isChanged = JSON.stringify(form) !== JSON.stringify(formOf(base));
  const isOvertaken = JSON.stringify(formOf(segment)) !== JSON.stringify(formOf(base));
  const begin = (from: Segment): void => {
    setBase(from);
    setForm(formOf(from));
    setVersion(version + 1);
    setIssues([]);
  };
  if (!isChanged && isOvertaken) begin(segment);
  const revision = isOvertaken ? base.revision : segment.revision;
  return (
    <Section title="Who is in">
      {isChanged && isOvertaken && (
        <Overtaken
          base={base}
          theirs={segment}
          mine={form}
          onTakeTheirs={() => begin(segment)}
          onKeepMine={() => setBase(segment)}
        />
      )}
      <IssuesProvider issues={issues}>
        <SegmentFields
          key={version}
          form={form}
          place={place}
          name={segment.name}
          onChange={(changed) => setForm({ ...form, ...changed })}
        />
      </IssuesProvider>
      {isChanged && (
        <Save
          segment={segment}
          place={place}
          base={base}
          form={form}
          revision={revision}
          onSaved={begin}
          onIssues={setIssues}
          onLeave={() => begin(segment)}
        />
      )}
    </Section>
  );
}

interface SegmentFieldsProps {
  readonly form: Form;
  readonly place: Place;
  readonly name: string;
  readonly onChange: (changed: Partial<Form>) => void;
}

function SegmentFields({ form, place, name, onChange }: SegmentFieldsProps) {
  const { data: known = [] } = useQuery(queries.segments(place));
  return (
    <>
      {form.condition !== null && (
        <Text size="sm" c="dimmed">
          Its members, and whoever this holds for: {conditionInWords(form.condition)}.
        </Text>
      )}
      <ConditionEditor
        condition={form.condition ?? {}}
        onChange={(condition) => onChange({ condition: Object.keys(condition).length === 0 ? null : condition })}
        pointer="/condition"
        segments={known.map((segment) => segment.name).filter((other) => other !== name)}
        whenEmpty="Its members alone: there is no condition."
      />
      <Textarea
        label="Who they are"
        value={form.description}
        onChange={({ currentTarget }) => onChange({ description: currentTarget.value })}
        autosize
        maxRows={12}
      />
      <NamesInput label="Tags" names={form.tags} onChange={(tags) => onChange({ tags })} pointer="/tags" />
    </>
  );
}

interface SaveProps extends SegmentFormProps {
  readonly base: Segment;
  readonly form: Form;
  readonly revision: number;
  readonly onSaved: (segment: Segment) => void;
  readonly onIssues: (issues: Issues) => void;
  readonly onLeave: () => void;
}

function Save({ segment: { name }, place, base, form, revision, onSaved, onIssues, onLeave }: SaveProps) {
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  const before = formOf(base);
  const settings = Object.fromEntries(
    Object.entries(form).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Form])),
  );
  const save = useAct<string>({
    send: async (reason, idempotencyKey) => {
      const why = reason === '' ? {} : { reason };
      try {
        onSaved(await api.segments.set({ ...place, key: name, settings, ...why }, { ifRevision: revision, idempotencyKey }));
      } catch (error) {
        onIssues(issuesOf(error));
        throw error;
      }
    },
    done: () => `${name} is changed`,
  });
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onLeave}>
        Leave it
      </Button>
      <Reasoned
        label="Save the segment"
        consequence={`Whoever refers to ${name} follows at once.`}
        isReasonNeeded={isProtected}
        isRunning={save.isRunning}
        onConfirm={save.run}
      >
        <JsonLines before={before} after={{ ...form }} />
      </Reasoned>
    </Group>
  );
}

/** Places in what was sent, as places in the settings. */
function issuesOf(error: unknown): Issues {
  const { issues = [] } = error as { readonly issues?: Issues };
  return issues.map((issue) => ({ ...issue, path: issue.path.replace(/^\/settings/, '') }));
}

interface OvertakenProps {
  readonly base: Segment;
  readonly theirs: Segment;
  readonly mine: Form;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}

function Overtaken({ base, theirs, mine, onTakeTheirs, onKeepMine }: OvertakenProps) {
  return (
    <Alert color="orange" title={`Somebody changed ${base.name} meanwhile`}>
      <Text size="sm" mb={4}>
        What they saved:
      </Text>
      <JsonLines before={formOf(base)} after={formOf(theirs)} />
      <Text size="sm" my={4}>
        What you have:
      </Text>
      <JsonLines before={formOf(base)} after={{ ...mine }} />
      <Group justify="flex-end" mt="xs">
        <Button size="xs" variant="default" onClick={onTakeTheirs}>
          Take theirs
        </Button>
        <Button size="xs" color="orange" onClick={onKeepMine}>
          Put mine on top
        </Button>
      </Group>
    </Alert>
  );
}
