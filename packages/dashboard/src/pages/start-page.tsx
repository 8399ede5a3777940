/** The first steps with a flag that was just made. */
import { useParams } from 'react-router';
import { usePlace } from '../app/place.ts';
import { Tour } from '../parts/tour/tour.tsx';

export function StartPage() {
  const place = usePlace();
  const { flag } = useParams();
  return <Tour place={place} flag={flag ?? null} />;
}
