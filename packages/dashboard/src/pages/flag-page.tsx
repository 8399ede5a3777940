/** One flag: who gets what, the buttons that change it, and what was changed. */
import { Alert, Anchor, Badge, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Flag, Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { AllFlags } from '../parts/all-flags.tsx';
import { Asked } from '../parts/asked.tsx';
import { FlagActions } from '../parts/flag-actions.tsx';
import { FlagEnvironments } from '../parts/flag-environments.tsx';
import { FlagHistory } from '../parts/flag-history.tsx';
import { FlagProgram } from '../parts/flag-program.tsx';
import { FlagShare } from '../parts/flag-share.tsx';
import { counted } from '../parts/numbers.ts';
import { StatusBadge } from '../parts/phase-badge.tsx';
import { ScheduledEdits } from '../parts/scheduled-edits.tsx';
import { Section } from '../parts/section.tsx';
import { TargetingSummary } from '../parts/targeting-summary.tsx';
import { TryUser } from '../parts/try-user.tsx';
import { View } from '../parts/view.tsx';

export function FlagPage() {
  const place = usePlace();
  const { key = '' } = useParams();
  const flag = useQuery(queries.flag(place, key));
  return (
    <Asked query={flag} whenGone={<AllFlags place={place} />}>
      {(shown) => <FlagView flag={shown} place={place} />}
    </Asked>
  );
}

function FlagView({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const { name, description, owner, tags } = flag;
  const sign = (
    <>
      <StatusBadge flag={flag} />
      {flag.isArchived && <Badge color="gray">archived</Badge>}
      {tags.map((tag) => (
        <Badge key={tag} variant="default" tt="none">
          {tag}
        </Badge>
      ))}
    </>
  );
  const said = [description, owner === null ? '' : `owned by ${owner}`].filter((text) => text !== '').join(' · ');
  return (
    <View
      title={name}
      hint={said === '' ? 'no description' : said}
      sign={sign}
      actions={
        <>
          <EditLink flag={flag} place={place} />
          <FlagActions flag={flag} place={place} />
        </>
      }
    >
      <Owner flag={flag} place={place} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <FlagShare flag={flag} place={place} />
            <ScheduledEdits flag={flag} place={place} />
            <TryUser flag={flag} place={place} />
            <FlagHistory flag={flag} place={place} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <Targeting flag={flag} place={place} />
            <Figures flag={flag} place={place} />
            {!flag.isArchived && <FlagProgram flag={flag} />}
          </Stack>
        </Grid.Col>
      </Grid>
      <FlagEnvironments flag={flag} place={place} />
    </View>
  );
}

function Targeting({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const kept = useQuery(queries.flagSettings(place, flag.name));
  return (
    <Section title="Who gets what">
      <Asked query={kept}>{({ settings }) => <TargetingSummary settings={settings} />}</Asked>
    </Section>
  );
}

function EditLink({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  if (flag.isArchived) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconPencil size={16} />}
      component={Link}
      to={addressIn(place, 'flags', flag.name, 'edit')}
    >
      Edit
    </Button>
  );
}

function Owner({ flag: { name, shareOwner }, place }: { readonly flag: Flag; readonly place: Place }) {
  if (shareOwner === null) return null;
  const isRollout = shareOwner.kind === 'rollout';
  return (
    <Alert color="water" variant="light" p="sm">
      {isRollout ? 'A rollout moves the share of this flag. ' : 'A test holds the share of this flag. '}
      {isRollout && (
        <Anchor component={Link} to={addressIn(place, 'rollouts', name)} size="sm" underline="always">
          Watch it
        </Anchor>
      )}
    </Alert>
  );
}

function Figures({ flag: { name }, place }: { readonly flag: Flag; readonly place: Place }) {
  const stats = useQuery(queries.flagStats(place, name));
  return (
    <Section title="What programs asked">
      <Asked query={stats} rows={2}>
        {({ evaluations, byVariant, exposedUnits }) => (
          <Stack gap={4}>
            <Text size="sm" className="tabular">
              {counted(evaluations)} evaluations
            </Text>
            {Object.entries(byVariant).map(([variant, count]) => (
              <Group key={variant} justify="space-between">
                <Text size="sm">{variant}</Text>
                <Text size="sm" c="dimmed" className="tabular">
                  {counted(count)} times, about {counted(exposedUnits[variant] ?? 0)} units
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}
