/** Tokens, what each may do, and the button that takes one back. */
import { Badge, Checkbox, Group, ScrollArea, Table, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Token } from '../../api/admin-queries.ts';
import { Moment } from '../../parts/moment.tsx';
import { Nothing } from '../../parts/nothing.tsx';
import { Reasoned } from '../../parts/reasoned.tsx';

export function RevokeToken({
  label,
  isRunning,
  onConfirm,
}: {
  readonly label: string;
  readonly isRunning: boolean;
  readonly onConfirm: (reason: string) => void;
}) {
  return (
    <Reasoned
      label="Revoke"
      consequence={`Whoever uses ${label} is refused at once, and its streams end. It cannot be brought back.`}
      isReasonNeeded
      isRunning={isRunning}
      onConfirm={onConfirm}
      button={{ size: 'compact-sm', variant: 'light', color: 'red' }}
    />
  );
}

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly revokeButton: (token: Token) => ReactNode;
}

export function TokenTable({ tokens, revokeButton }: TokenTableProps) {
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
        <Nothing title="There is no token" hint="A program needs one to ask for flags." />
      ) : (
        <ScrollArea type="auto">
          <Table verticalSpacing="sm" miw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Token</Table.Th>
                <Table.Th>May act in</Table.Th>
                <Table.Th>Made</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th aria-label="What can be done" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((token) => (
                <TokenRow key={token.id} token={token} button={revokeButton(token)} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </>
  );
}

const COLORS: Readonly<Record<Token['kind'], string>> = { server: 'water', client: 'grape', personal: 'gray' };

function TokenRow({ token, button }: { readonly token: Token; readonly button: ReactNode }) {
  const { kind, label, boundTo, createdBy, createdAt, expiresAt, revokedAt } = token;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {label}
          </Text>
          <Badge variant="light" color={COLORS[kind]} tt="none">
            {kind}
          </Badge>
        </Group>
      </Table.Td>
      <Table.Td>{boundTo?.environment ?? 'whatever its person may'}</Table.Td>
      <Table.Td>
        <Moment at={createdAt} />
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {createdBy}
        </Text>
      </Table.Td>
      <Table.Td>{expiresAt === null ? <Text size="sm">never</Text> : <Moment at={expiresAt} />}</Table.Td>
      <Table.Td ta="right">
        {revokedAt === null ? (
          button
        ) : (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <Text size="sm">revoked</Text>
            <Moment at={revokedAt} />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
