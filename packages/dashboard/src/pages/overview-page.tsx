/** At a glance: what is moving, whether it is safe, and what needs a person. */
import { Alert, Anchor, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { rollbacksAmong } from '@sluice/core';
import { IconCircleCheck, IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { Link } from 'react-router';
import type { Place, RolloutStatus } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { needsPerson } from '../parts/needs-person.ts';
import { Nothing } from '../parts/nothing.tsx';
import { isMoving } from '../parts/phase-badge.tsx';
import { RolloutCard } from '../parts/rollout-card.tsx';
import { Section } from '../parts/section.tsx';
import { SourcesLine } from '../parts/sources-line.tsx';
import { View } from '../parts/view.tsx';
import { waitsFor } from '../parts/waits-for.ts';

// Most come here with flags.
const StartPage = lazy(async () => ({ default: (await import('./start-page.tsx')).StartPage }));

export function OverviewPage() {
  const place = usePlace();
  const flags = useQuery(queries.flags(place));
  const rollouts = useQuery(queries.rollouts(place));
  if (flags.data?.length === 0) return <StartPage />;
  return (
    <View title="Overview" hint={`What happens in ${place.environment}`}>
      <Asked query={rollouts}>{(all) => <NeedsYou rollouts={all.filter(needsPerson)} place={place} />}</Asked>
      <SourcesLine place={place} />
      <Section title="In motion">
        <Asked query={rollouts}>{(all) => <Moving rollouts={all.filter(isMoving)} place={place} />}</Asked>
      </Section>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Taken back lately">
          <LatelyTakenBack place={place} />
        </Section>
        <Section title="Flags that outlived their use">
          <Stale place={place} />
        </Section>
      </SimpleGrid>
    </View>
  );
}

function NeedsYou({ rollouts, place }: { readonly rollouts: readonly RolloutStatus[]; readonly place: Place }) {
  if (rollouts.length === 0)
    return (
      <Alert color="teal" variant="light" icon={<IconCircleCheck />} p="sm">
        Nothing waits for a person.
      </Alert>
    );
  return rollouts.map((rollout) => (
    <Alert key={rollout.flag} color="orange" icon={<IconHandStop />} p="sm" title={`${rollout.flag} needs you`}>
      <Text size="sm">It waits for {waitsFor(rollout)}.</Text>
      <Anchor component={Link} to={addressIn(place, 'rollouts', rollout.flag)} size="sm" underline="always">
        Look at it and decide
      </Anchor>
    </Alert>
  ));
}

function Moving({ rollouts, place }: { readonly rollouts: readonly RolloutStatus[]; readonly place: Place }) {
  if (rollouts.length === 0)
    return (
      <Nothing title="Nothing is moving" hint="A rollout opens a flag stage by stage and goes back by itself when it harms.">
        <Button component={Link} to={addressIn(place, 'flags')} variant="light" mt="xs">
          Choose a flag to roll out
        </Button>
      </Nothing>
    );
  return (
    <Stack gap="sm">
      {rollouts.map((rollout) => (
        <RolloutCard key={rollout.flag} rollout={rollout} place={place} />
      ))}
    </Stack>
  );
}

const SHOWN = 6;

function LatelyTakenBack({ place }: { readonly place: Place }) {
  const history = useQuery(queries.history(place));
  return (
    <Asked query={history}>
      {(all) => {
        const takenBack = rollbacksAmong(all).slice(0, SHOWN);
        if (takenBack.length > 0) return <Happenings events={takenBack} place={place} />;
        return (
          <Text size="sm" c="dimmed">
            Nothing was taken back.
          </Text>
        );
      }}
    </Asked>
  );
}

function Stale({ place }: { readonly place: Place }) {
  const stale = useQuery(queries.staleFlags(place));
  return (
    <Asked query={stale}>
      {(flags) =>
        flags.length === 0 ? (
          <Text size="sm" c="dimmed">
            Every flag is still of use.
          </Text>
        ) : (
          <Stack gap="xs">
            {flags.slice(0, SHOWN).map(({ name, signs }) => (
              <div key={name}>
                <Anchor component={Link} to={addressIn(place, 'flags', name)} fw={600} size="sm">
                  {name}
                </Anchor>{' '}
                <Text span size="sm" c="dimmed">
                  {signs.map(({ message }) => message).join('; ')}
                </Text>
              </div>
            ))}
          </Stack>
        )
      }
    </Asked>
  );
}
