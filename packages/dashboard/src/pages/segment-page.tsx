/** One segment: its members, its condition, and who refers to it. */
import { Anchor, Badge, Button, Grid, List, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { useAct } from '../api/acting.tsx';
import type { Place, Segment } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { Reasoned } from '../parts/reasoned.tsx';
import { Section } from '../parts/section.tsx';
import { SegmentForm } from '../parts/segment-form.tsx';
import { SegmentMembers } from '../parts/segment-members.tsx';
import { View } from '../parts/view.tsx';

export function SegmentPage() {
  const place = usePlace();
  const { key = '' } = useParams();
  const segment = useQuery(queries.segment(place, key));
  const whenGone = (
    <Button component={Link} to={addressIn(place, 'segments')} variant="light">
      All segments
    </Button>
  );
  return (
    <Asked query={segment} whenGone={whenGone}>
      {(shown) => <SegmentView segment={shown} place={place} />}
    </Asked>
  );
}

interface OfSegment {
  readonly segment: Segment;
  readonly place: Place;
}

function SegmentView({ segment, place }: OfSegment) {
  const history = useQuery(queries.history(place, { kind: 'segment', key: segment.name }));
  const sign = segment.tags.map((tag) => (
    <Badge key={tag} variant="default" tt="none">
      {tag}
    </Badge>
  ));
  return (
    <View
      title={segment.name}
      hint={segment.description === '' ? 'no description' : segment.description}
      sign={sign}
      actions={<DeleteSegment segment={segment} place={place} />}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <SegmentForm key={segment.name} segment={segment} place={place} />
            <SegmentMembers segment={segment} place={place} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <UsedBy segment={segment} place={place} />
            <Section title="History">
              <Asked query={history} rows={2}>
                {(events) => <Happenings events={events} place={place} />}
              </Asked>
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
    </View>
  );
}

const VIEWS: Partial<Record<Segment['usedBy'][number]['kind'], string>> = {
  flag: 'flags',
  rollout: 'rollouts',
  segment: 'segments',
};

function UsedBy({ segment: { usedBy }, place }: OfSegment) {
  return (
    <Section title="Who refers to it">
      {usedBy.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nobody: it can be deleted.
        </Text>
      ) : (
        <List size="sm" spacing={4}>
          {usedBy.map(({ kind, name }) => {
            const view = kind === 'scheduledEdit' ? undefined : VIEWS[kind];
            return (
              <List.Item key={`${kind} ${name}`}>
                {kind === 'scheduledEdit' ? 'scheduled edit' : kind}{' '}
                {view === undefined ? (
                  name
                ) : (
                  <Anchor component={Link} to={addressIn(place, view, name)} size="sm" underline="always">
                    {name}
                  </Anchor>
                )}
              </List.Item>
            );
          })}
        </List>
      )}
    </Section>
  );
}

function DeleteSegment({ segment: { name, revision }, place }: OfSegment) {
  const navigate = useNavigate();
  const remove = useAct<string>({
    send: (reason, idempotencyKey) =>
      api.segments.delete({ ...place, key: name, reason }, { ifRevision: revision, idempotencyKey }),
    done: () => `${name} is deleted`,
    onDone: () => void navigate(addressIn(place, 'segments')),
  });
  return (
    <Reasoned
      label="Delete"
      consequence={`${name} goes, with its members. What refers to it stands in the way.`}
      isReasonNeeded
      mustType={name}
      isRunning={remove.isRunning}
      onConfirm={remove.run}
      button={{ color: 'red', variant: 'light' }}
      icon={<IconTrash size={16} />}
    />
  );
}
