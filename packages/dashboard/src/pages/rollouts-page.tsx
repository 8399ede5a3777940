/** The latest rollout of every flag that had one. */
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { RolloutCard } from '../parts/rollout-card.tsx';
import { View } from '../parts/view.tsx';

export function RolloutsPage() {
  const place = usePlace();
  const rollouts = useQuery(queries.rollouts(place));
  return (
    <View title="Rollouts" hint="Those in motion first">
      <Asked query={rollouts}>
        {(all) =>
          all.length === 0 ? (
            <Nothing title="There was no rollout yet" hint="One is started from the page of a flag." />
          ) : (
            <Stack gap="sm">
              {all.map((rollout) => (
                <RolloutCard key={rollout.flag} rollout={rollout} place={place} />
              ))}
            </Stack>
          )
        }
      </Asked>
    </View>
  );
}
