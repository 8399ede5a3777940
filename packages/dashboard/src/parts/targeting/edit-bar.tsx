/** Stays in sight while one edits: how much is changed, whether it can be, and on to reading it. */
import { Button, Group, Loader, Paper, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { FlagEdit } from './use-flag-edit.ts';
import type { Previewed } from './use-preview.ts';

export interface EditBarProps {
  readonly edit: Pick<FlagEdit, 'patch' | 'isOvertaken' | 'startOver'>;
  readonly previewed: Previewed;
  readonly isUnready: boolean;
  readonly onReview: () => void;
  /** Where one goes who changes nothing. */
  readonly onLeave: string;
}

export function EditBar({ edit, previewed: { preview, isCurrent, error }, isUnready, onReview, onLeave }: EditBarProps) {
  const count = Object.keys(edit.patch).length;
  const refusal = preview?.refusal ?? null;
  const said = error?.message ?? refusal?.message ?? null;
  const isReady = count > 0 && isCurrent && said === null && !isUnready && !edit.isOvertaken;
  return (
    <Paper
      withBorder
      shadow="md"
      radius="md"
      p="sm"
      pos="sticky"
      bottom={12}
      style={{ zIndex: 10 }}
      component="section"
      aria-label="This edit"
    >
      <Group justify="space-between" gap="sm">
        <div style={{ flex: 1, minWidth: 200 }} role="status">
          <Text size="sm" fw={600}>
            {count === 0 ? 'Nothing is changed' : count === 1 ? '1 setting is changed' : `${count} settings are changed`}
            {!isCurrent && <Loader size={12} ml={8} />}
          </Text>
          {said !== null && (
            <Text size="sm" c="var(--mantine-color-error)" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
              {said}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {count === 0 ? (
            <Button variant="default" component={Link} to={onLeave}>
              Back
            </Button>
          ) : (
            <Button variant="default" onClick={edit.startOver}>
              Start over
            </Button>
          )}
          <Button onClick={onReview} disabled={!isReady}>
            Review and save
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
