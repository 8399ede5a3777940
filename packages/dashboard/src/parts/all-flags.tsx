/** Where one goes from a flag that is not there. */
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { Place } from '../api/answers.ts';
import { addressIn } from '../app/place.ts';

export function AllFlags({ place }: { readonly place: Place }) {
  return (
    <Button component={Link} to={addressIn(place, 'flags')} variant="light">
      All flags
    </Button>
  );
}
