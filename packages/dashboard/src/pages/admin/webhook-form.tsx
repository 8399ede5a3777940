/** Makes a webhook. */
import { MultiSelect, SegmentedControl, TagsInput, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { EVENT_TYPES, keyProblem, WEBHOOK_FORMATS, type WebhookFormat } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { typedKeyProblem } from '../../parts/name-problem.ts';

export interface WebhookFormProps {
  readonly place: Place;
  readonly onSecret: (made: { readonly key: string; readonly secret: string }) => void;
}

interface Choices {
  readonly key: string;
  readonly url: string;
  readonly format: WebhookFormat;
  readonly types: readonly string[];
  readonly environments: readonly string[];
}

const FIRST: Choices = { key: '', url: '', format: 'standard', types: [], environments: [] };
const KINDS = [...new Set(EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))];

export function WebhookForm({ place: { project }, onSecret }: WebhookFormProps) {
  const [isOpen, { open, close }] = useDisclosure();
  const [choices, setChoices] = useState(FIRST);
  const { key, ...settings } = choices;
  const make = useAct<void, { readonly secret: string | null }>({
    send: (_input, idempotencyKey) => api.webhooks.set({ project, key, settings }, { ifRevision: 0, idempotencyKey }),
    done: () => `${key} is told what happens from now on`,
    onDone: ({ secret }) => {
      if (secret !== null && settings.format === 'standard') onSecret({ key, secret });
      setChoices(FIRST);
      close();
    },
  });
  return (
    <FormDialog
      label="New webhook"
      title="New webhook"
      submit="Make it"
      isOpen={isOpen}
      onOpen={open}
      onClose={close}
      isReady={keyProblem(key) === null && settings.url !== ''}
      isRunning={make.isRunning}
      onSubmit={() => make.run()}
    >
      <WebhookFields project={project} choices={choices} onChange={(changed) => setChoices({ ...choices, ...changed })} />
    </FormDialog>
  );
}

interface WebhookFieldsProps {
  readonly project: string;
  readonly choices: Choices;
  readonly onChange: (changed: Partial<Choices>) => void;
}

function WebhookFields({ project, choices: { key, url, format, types, environments }, onChange }: WebhookFieldsProps) {
  const { data: projects = [] } = useQuery(queries.projects());
  const found = projects.find((known) => known.key === project)?.environments ?? [];
  return (
    <>
      <TextInput
        data-autofocus
        label="Key"
        description="Letters, digits, “.”, “_” and “-”"
        value={key}
        onChange={({ currentTarget }) => onChange({ key: currentTarget.value })}
        error={typedKeyProblem(key)}
        required
      />
      <TextInput
        label="URL"
        description="Only its scheme and host are shown afterwards: the rest is a secret of many a receiver"
        placeholder="https://"
        value={url}
        onChange={({ currentTarget }) => onChange({ url: currentTarget.value })}
        required
      />
      <SegmentedControl
        aria-label="Format"
        data={WEBHOOK_FORMATS.map((value) => ({ value, label: LABELS[value] }))}
        value={format}
        onChange={(value) => onChange({ format: value as WebhookFormat })}
      />
      <TagsInput
        label="Events"
        description="All of them unless some are named"
        data={[
          { group: 'All of a kind', items: KINDS },
          { group: 'One type', items: [...EVENT_TYPES] },
        ]}
        value={[...types]}
        onChange={(chosen) => onChange({ types: chosen })}
        maxDropdownHeight={240}
      />
      <MultiSelect
        label="Environments"
        description="All, and what concerns the whole project, unless some are named"
        data={found.map((environment) => environment.key)}
        value={[...environments]}
        onChange={(chosen) => onChange({ environments: chosen })}
      />
    </>
  );
}

const LABELS: Readonly<Record<WebhookFormat, string>> = { standard: 'Signed JSON', slack: 'Slack message' };
