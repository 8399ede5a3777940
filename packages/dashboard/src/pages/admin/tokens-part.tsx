/** Tokens of the project's programs: made, shown once, taken back. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAct } from '../../api/acting.tsx';
import { adminQueries } from '../../api/admin-queries.ts';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { Asked } from '../../parts/asked.tsx';
import { Section } from '../../parts/section.tsx';
import { MakeToken } from './make-token.tsx';
import { RevokeToken, TokenList } from './token-list.tsx';

export function TokensPart({ place }: { readonly place: Place }) {
  const tokens = useQuery(adminQueries.tokens(place.project));
  const revoke = useAct<{ readonly id: string; readonly label: string; readonly reason: string }>({
    send: ({ id, reason }, idempotencyKey) => api.tokens.revoke({ project: place.project, id, reason }, { idempotencyKey }),
    done: ({ label }) => `${label} is refused from now on`,
  });
  return (
    <Section title="Tokens of programs" aside={<MakeToken place={place} />}>
      <Text size="sm" c="dimmed">
        A server token is a secret of a backend: with it a program has all definitions of one environment. A client token may be
        read by whoever has the page: it only asks. Tokens of people are under Your account.
      </Text>
      <Asked query={tokens}>
        {(all) => (
          <TokenList
            tokens={all}
            revokeButton={({ id, label }) => (
              <RevokeToken label={label} isRunning={revoke.isRunning} onConfirm={(reason) => revoke.run({ id, label, reason })} />
            )}
          />
        )}
      </Asked>
    </Section>
  );
}
