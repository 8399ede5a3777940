/** The first steps: a flag, a program that asks for it, and the moment at which it does. */
import { Anchor, Button, Group, Stepper, Text, useMatches } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { Place } from '../../api/answers.ts';
import { useIsProtected } from '../../api/protection.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { CreateFlag } from '../first-flag.tsx';
import { Section } from '../section.tsx';
import { View } from '../view.tsx';
import { AskForIt } from './ask-for-it.tsx';
import { ExampleFlags } from './example-flags.tsx';
import { SeeItLive } from './see-it-live.tsx';

export interface TourProps {
  readonly place: Place;
  /** The flag that was made; null before. */
  readonly flag: string | null;
}

export function Tour({ place, flag }: TourProps) {
  const navigate = useNavigate();
  const { data: stats } = useQuery({ ...queries.flagStats(place, flag ?? ''), enabled: flag !== null });
  const isLive = stats !== undefined && stats.evaluations > 0;
  const orientation = useMatches({ base: 'vertical', sm: 'horizontal' } as const);
  const hint =
    flag === null
      ? `There is no flag in ${place.environment} yet. Three steps, and something moves.`
      : `${flag} in ${place.environment}`;
  return (
    <View
      title={flag === null ? 'Welcome' : 'First steps'}
      hint={hint}
      actions={flag === null && <ExampleFlags project={place.project} />}
    >
      <Stepper
        active={flag === null ? 0 : isLive ? 3 : 1}
        size="sm"
        orientation={orientation}
        aria-label="Steps"
        allowNextStepsSelect={false}
      >
        <Stepper.Step label="Create a flag" />
        <Stepper.Step label="Ask for it" />
        <Stepper.Step label="See it live" />
      </Stepper>
      {flag === null ? (
        <Section title="Create a flag">
          <Protected place={place} />
          <CreateFlag place={place} onCreated={(name) => void navigate(addressIn(place, 'start', name))} />
        </Section>
      ) : (
        <>
          <Section title="Ask for it in your program">
            <AskForIt place={place} flag={flag} />
          </Section>
          <Section title="See it live">
            <SeeItLive place={place} flag={flag} />
          </Section>
          <Group>
            <Button component={Link} to={addressIn(place, 'flags', flag)} variant="default">
              Go to the flag
            </Button>
          </Group>
        </>
      )}
    </View>
  );
}

function Protected({ place }: { readonly place: Place }) {
  if (!useIsProtected(place)) return null;
  return (
    <Text size="sm">
      {place.environment} is protected: a flag opens there by a rollout. To try things out,{' '}
      <Anchor component={Link} to={addressIn({ ...place, environment: 'development' })} size="sm" underline="always">
        go to development
      </Anchor>
      : a flag is the same in all environments, and off in each until somebody switches it on there.
    </Text>
  );
}
