/** Tokens of the project's programs: made, shown once, taken back. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { adminQueries } from '../../api/admin-queries.ts';
import type { Place } from '../../api/answers.ts';
import { api } from '../../api/api.ts';
import { Asked } from '../../parts/asked.tsx';
import { Section } from '../../parts/section.tsx';
import { MakeToken } from './make-token.tsx';
import { TokenList } from './token-list.tsx';

export function TokensPart({ place }: { readonly place: Place }) {
  const tokens = useQuery(adminQueries.tokens(place.project));
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
            revoke={({ id, reason }, idempotencyKey) =>
              api.tokens.revoke({ project: place.project, id, reason }, { idempotencyKey })
            }
          />
        )}
      </Asked>
    </Section>
  );
}
