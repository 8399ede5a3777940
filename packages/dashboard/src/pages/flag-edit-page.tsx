/** Editing one flag. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { queries } from '../api/queries.ts';
import { usePlace } from '../app/place.ts';
import { AllFlags } from '../parts/all-flags.tsx';
import { Asked } from '../parts/asked.tsx';
import { FlagEditor } from '../parts/targeting/flag-editor.tsx';

export function FlagEditPage() {
  const place = usePlace();
  const { key = '' } = useParams();
  const flag = useQuery(queries.flag(place, key));
  const kept = useQuery(queries.flagSettings(place, key));
  return (
    <Asked query={flag} rows={8} whenGone={<AllFlags place={place} />}>
      {(shown) => <Asked query={kept}>{(settings) => <FlagEditor key={key} flag={shown} place={place} kept={settings} />}</Asked>}
    </Asked>
  );
}
