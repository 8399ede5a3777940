/** The log of the environment: who did what, when and why. */
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Section } from '../parts/section.tsx';
import { View } from '../parts/view.tsx';

export function HistoryPage() {
  const place = usePlace();
  const history = useQuery(queries.history(place));
  return (
    <View title="History" hint={`The latest 100 of what happened in ${place.environment}`}>
      <Section title="Newest first">
        <Asked query={history} rows={10}>
          {(events) =>
            events.length === 0 ? (
              <Nothing title="Nothing happened yet" hint="Every change will stand here, with who made it and why." />
            ) : (
              <Happenings events={events} place={place} />
            )
          }
        </Asked>
      </Section>
    </View>
  );
}
