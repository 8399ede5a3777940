/** Makes a token, and shows its secret once. */
import { TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { MadeSecret } from '../../parts/made-secret.tsx';
import { LifetimeSelect, lifetimeOf } from './lifetime.tsx';

interface MadeToken {
  readonly token: { readonly label: string };
  readonly secret: string;
}

export interface NewToken {
  readonly label: string;
  /** Milliseconds since 1970; left out, it is good until it is revoked. */
  readonly expiresAt?: number;
}

export interface TokenDialogProps<Made extends MadeToken> {
  readonly title: string;
  /** What its name is of. */
  readonly description: string;
  /** Days, as `LifetimeSelect` has them. */
  readonly lifetime: string;
  readonly send: (token: NewToken, idempotencyKey: string) => Promise<Made>;
  /** What is done with the secret. */
  readonly next: (made: Made) => ReactNode;
  /** Fields before and after the name. */
  readonly before?: ReactNode;
  readonly after?: ReactNode;
}

export function TokenDialog<Made extends MadeToken>(props: TokenDialogProps<Made>) {
  const { title, description, send, next, before, after } = props;
  const [isOpen, { open, close }] = useDisclosure();
  const [label, setLabel] = useState('');
  const [lifetime, setLifetime] = useState(props.lifetime);
  const [made, setMade] = useState<Made | null>(null);
  const make = useAct<void, Made>({
    send: (_input, idempotencyKey) => send({ label: label.trim(), ...lifetimeOf(lifetime) }, idempotencyKey),
    onDone: (answer) => {
      setMade(answer);
      setLabel('');
      close();
    },
  });
  return (
    <>
      <FormDialog
        label="New token"
        title={title}
        submit="Make it"
        isOpen={isOpen}
        onOpen={open}
        onClose={close}
        isReady={label.trim() !== ''}
        isRunning={make.isRunning}
        onSubmit={() => make.run()}
      >
        {before}
        <TextInput
          data-autofocus
          label="Name"
          description={description}
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          maxLength={256}
          required
        />
        {after}
        <LifetimeSelect value={lifetime} onChange={setLifetime} />
      </FormDialog>
      {made !== null && (
        <MadeSecret title={`The token ${made.token.label}`} secret={made.secret} onClose={() => setMade(null)}>
          {next(made)}
        </MadeSecret>
      )}
    </>
  );
}
