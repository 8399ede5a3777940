/** One flag: who gets what, the buttons that change it, and what was changed. */
import { Alert, Anchor, Badge, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Flag, HistoryEvent, Place } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { FlagActions } from '../parts/flag-actions.tsx';
import { FlagAudience } from '../parts/flag-audience.tsx';
import { FlagShare } from '../parts/flag-share.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { StatusBadge } from '../parts/phase-badge.tsx';
import { Section } from '../parts/section.tsx';
import { TryUser } from '../parts/try-user.tsx';
import { View } from '../parts/view.tsx';

export function FlagPage() {
  const place = usePlace();
  const { key = '' } = useParams();
  const flag = useQuery(queries.flag(place, key));
  return <Asked query={flag}>{(shown) => <FlagView flag={shown} place={place} />}</Asked>;
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
      actions={<FlagActions flag={flag} place={place} />}
    >
      <Owner flag={flag} place={place} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <FlagShare key={flag.revision} flag={flag} place={place} />
            <TryUser flag={flag} place={place} />
            <FlagHistory flag={flag} place={place} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <FlagAudience flag={flag} place={place} />
            <Figures flag={flag} place={place} />
          </Stack>
        </Grid.Col>
      </Grid>
    </View>
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
              {evaluations.toLocaleString()} evaluations
            </Text>
            {Object.entries(byVariant).map(([variant, count]) => (
              <Group key={variant} justify="space-between">
                <Text size="sm">{variant}</Text>
                <Text size="sm" c="dimmed" className="tabular">
                  {count.toLocaleString()} times, about {(exposedUnits[variant] ?? 0).toLocaleString()} units
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Asked>
    </Section>
  );
}

function FlagHistory({ flag, place }: { readonly flag: Flag; readonly place: Place }) {
  const history = useQuery(queries.history(place, { kind: 'flag', key: flag.name }));
  const restore = useAct<number>({
    send: (revision, idempotencyKey) =>
      api.flags.restoreRevision(
        { ...place, key: flag.name, revision, reason: `back to revision ${revision}` },
        { ifRevision: flag.revision, idempotencyKey },
      ),
    done: (revision) => `${flag.name} is as it was in revision ${revision}`,
  });
  const action = ({ record }: HistoryEvent) => {
    const { revision } = record as { readonly revision: number };
    if (revision >= flag.revision) return null;
    return (
      <Button size="compact-xs" variant="default" onClick={() => restore.run(revision)} loading={restore.isRunning}>
        Restore
      </Button>
    );
  };
  return (
    <Section title="History">
      <Asked query={history}>{(events) => <Happenings events={events} place={place} action={action} />}</Asked>
    </Section>
  );
}
