/** Tokens, what each may do, and the button that takes one back. */
import { Badge, Checkbox, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import type { Token } from '../../api/admin-queries.ts';
import { Moment } from '../../parts/moment.tsx';
import { Nothing } from '../../parts/nothing.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';
import { Row, Rows } from '../../parts/rows.tsx';

interface Revocation {
  readonly id: string;
  readonly label: string;
  readonly reason: string;
}

interface TokenListProps {
  readonly tokens: readonly Token[];
  /** What one would be for. */
  readonly whenNone?: string;
  readonly revoke: (token: Revocation, idempotencyKey: string) => Promise<unknown>;
}

export function TokenList({ tokens, whenNone = 'A program needs one to ask for flags.', revoke }: TokenListProps) {
  const { run, isRunning } = useAct<Revocation>({
    send: revoke,
    done: ({ label }) => `${label} is refused from now on`,
  });
  const [withRevoked, setWithRevoked] = useState(false);
  const shown = tokens.filter(({ revokedAt }) => withRevoked || revokedAt === null);
  const hidden = tokens.length - tokens.filter(({ revokedAt }) => revokedAt === null).length;
  return (
    <>
      {hidden > 0 && (
        <Checkbox
          label={`Show what was revoked (${hidden})`}
          checked={withRevoked}
          onChange={({ currentTarget }) => setWithRevoked(currentTarget.checked)}
        />
      )}
      {shown.length === 0 ? (
        <Nothing title="There is no token" hint={whenNone} />
      ) : (
        <Rows label="Tokens">
          {shown.map((token) => (
            <TokenRow key={token.id} token={token}>
              <Reasoned
                label="Revoke"
                consequence={`Whoever uses ${token.label} is refused at once, and its streams end. It cannot be brought back.`}
                isReasonNeeded
                isRunning={isRunning}
                onConfirm={(reason) => run({ id: token.id, label: token.label, reason })}
                button={{ size: 'compact-sm', variant: 'light', color: 'red' }}
              />
            </TokenRow>
          ))}
        </Rows>
      )}
    </>
  );
}

const COLORS: Readonly<Record<Token['kind'], string>> = { server: 'water', client: 'grape', personal: 'gray' };

function TokenRow({ token, children }: { readonly token: Token; readonly children: ReactNode }) {
  const { kind, label, boundTo, createdBy, createdAt, expiresAt, revokedAt } = token;
  return (
    <Row actions={revokedAt === null && children}>
      <Group gap="xs">
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {label}
        </Text>
        <Badge variant="light" color={COLORS[kind]} tt="none">
          {kind}
        </Badge>
        {boundTo !== null && (
          <Badge variant="default" tt="none">
            {boundTo.environment}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        made <Moment at={createdAt} /> by {createdBy} ·{' '}
        {revokedAt !== null ? (
          <>
            revoked <Moment at={revokedAt} />
          </>
        ) : expiresAt === null ? (
          'until it is revoked'
        ) : (
          <>
            ends <Moment at={expiresAt} />
          </>
        )}
      </Text>
    </Row>
  );
}
