/** Of some users, who is in now and who would be, with the reason of each. */
import { Badge, Button, Collapse, Group, Stack, TagsInput, Text, Textarea, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import type { EditPreview } from '../../api/answers.ts';
import { attributesOf, MOST_TRIED, type TriedUnits } from './tried-units.ts';

export interface WhoIsInProps {
  readonly tried: TriedUnits;
  readonly onTry: (tried: TriedUnits) => void;
  readonly preview: EditPreview | undefined;
}

export function WhoIsIn({ tried, onTry, preview }: WhoIsInProps) {
  const [isOpen, { toggle }] = useDisclosure();
  const units = preview?.units ?? [];
  const read = attributesOf(tried.attributes);
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={500} aria-live="polite">
          {summary(units)}
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={isOpen}>
          Whom to try
        </Button>
      </Group>
      <Collapse expanded={isOpen}>
        <Stack gap="xs" mb="xs">
          <TagsInput
            label="Users"
            value={[...tried.userIds]}
            onChange={(userIds) => onTry({ ...tried, userIds })}
            maxTags={MOST_TRIED}
            acceptValueOnBlur
          />
          <TagsInput label="All in these groups" value={[...tried.groups]} onChange={(groups) => onTry({ ...tried, groups })} />
          <Textarea
            label="All with these attributes"
            placeholder='{"plan": "pro", "country": "DE"}'
            classNames={{ input: 'monospace' }}
            value={tried.attributes}
            onChange={({ currentTarget }) => onTry({ ...tried, attributes: currentTarget.value })}
            error={'problem' in read ? read.problem : null}
            autosize
          />
        </Stack>
      </Collapse>
      <Group gap={4}>
        {tried.userIds.slice(0, MOST_TRIED).map((userId, index) => (
          <TriedUser key={userId} userId={userId} unit={units[index]} />
        ))}
      </Group>
    </Stack>
  );
}

type PreviewedUnit = EditPreview['units'][number];

function summary(units: readonly PreviewedUnit[]): string {
  const now = units.filter(({ before }) => before?.isIn === true).length;
  const then = units.filter(({ after }) => after?.isIn === true).length;
  const come = units.filter(({ before, after }) => before?.isIn !== true && after?.isIn === true).length;
  const go = units.filter(({ before, after }) => before?.isIn === true && after?.isIn !== true).length;
  const moved = come === 0 && go === 0 ? '' : `, ${now} now: ${come} come in, ${go} go out`;
  return `${then} of ${units.length} are in${moved}`;
}

function TriedUser({ userId, unit }: { readonly userId: string; readonly unit: PreviewedUnit | undefined }) {
  const isIn = unit?.after?.isIn === true;
  const isMoved = unit !== undefined && (unit.before?.isIn === true) !== isIn;
  const variant = unit?.after?.variant;
  const said = unit?.after === null || unit === undefined ? 'not known yet' : `${variant ?? 'fallback'}: ${unit.after.message}`;
  return (
    <Tooltip label={said} multiline maw={320}>
      <Badge
        tt="none"
        fw={500}
        variant={isMoved ? 'filled' : 'light'}
        color={isIn ? 'teal' : 'gray'}
        leftSection={isIn ? <IconCheck size={12} aria-hidden /> : <IconMinus size={12} aria-hidden />}
        aria-label={`${userId} is ${isIn ? 'in' : 'out'}${isMoved ? ', changed' : ''}`}
        role="img"
        maw={180}
      >
        {userId}
      </Badge>
    </Tooltip>
  );
}
