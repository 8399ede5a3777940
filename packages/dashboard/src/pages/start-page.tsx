/** The first steps: to a flag, and with one that was just made. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Place } from '../api/answers.ts';
import { queries } from '../api/queries.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import { Tour } from '../parts/tour/tour.tsx';

export function StartPage() {
  const place = usePlace();
  const { flag } = useParams();
  return flag === undefined ? <Tour place={place} flag={null} /> : <StepsOf place={place} flag={flag} />;
}

function StepsOf({ place, flag }: { readonly place: Place; readonly flag: string }) {
  const asked = useQuery(queries.flag(place, flag));
  const allFlags = (
    <Button component={Link} to={addressIn(place, 'flags')} variant="light">
      All flags
    </Button>
  );
  return (
    <Asked query={asked} whenGone={allFlags}>
      {({ name }) => <Tour place={place} flag={name} />}
    </Asked>
  );
}
