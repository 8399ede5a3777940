/** Lets somebody in: with a first password, which they are told and then change. */
import { Select, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { EVERY, ROLES, type Role } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/acting.tsx';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { MadeSecret } from '../../parts/made-secret.tsx';
import { newPassword } from './new-password.tsx';

interface Invited {
  readonly email: string;
  readonly password: string;
}

interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly project: string;
}

const NOBODY: Invitation = { email: '', name: '', role: 'viewer', project: EVERY };

export function InvitePerson() {
  const [isOpen, { open, close }] = useDisclosure();
  const [invitation, setInvitation] = useState(NOBODY);
  const [invited, setInvited] = useState<Invited | null>(null);
  const invite = useAct<void, Invited>({
    send: async (_input, idempotencyKey) => {
      const { email, name, role, project } = invitation;
      const password = newPassword();
      const named = name.trim() === '' ? {} : { name: name.trim() };
      const made = await api.people.create({ email, ...named, password, roles: { [project]: role } }, { idempotencyKey });
      return { email: made.email, password };
    },
    onDone: (made) => {
      setInvited(made);
      setInvitation({ ...invitation, email: '', name: '' });
      close();
    },
  });
  return (
    <>
      <FormDialog
        label="Let somebody in"
        title="Let somebody in"
        submit="Let them in"
        isOpen={isOpen}
        onOpen={open}
        onClose={close}
        isReady={invitation.email.includes('@')}
        isRunning={invite.isRunning}
        onSubmit={() => invite.run()}
      >
        <InviteFields invitation={invitation} onChange={setInvitation} />
      </FormDialog>
      {invited !== null && (
        <MadeSecret title={`The first password of ${invited.email}`} secret={invited.password} onClose={() => setInvited(null)}>
          Tell it to them on a way that only they read. They change it under Your account, after they logged in at{' '}
          {location.origin}.
        </MadeSecret>
      )}
    </>
  );
}

interface InviteFieldsProps {
  readonly invitation: Invitation;
  readonly onChange: (changed: Invitation) => void;
}

function InviteFields({ invitation, onChange }: InviteFieldsProps) {
  const { email, name, role, project } = invitation;
  const { data: projects = [] } = useQuery(queries.projects());
  const set = (changed: Partial<Invitation>): void => onChange({ ...invitation, ...changed });
  return (
    <>
      <TextInput
        data-autofocus
        label="E-mail"
        type="email"
        value={email}
        onChange={({ currentTarget }) => set({ email: currentTarget.value })}
        required
      />
      <TextInput
        label="Name"
        description="As others read it"
        value={name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <Select
        label="Role"
        data={[...ROLES]}
        value={role}
        onChange={(chosen) => set({ role: (chosen ?? role) as Role })}
        allowDeselect={false}
      />
      <Select
        label="In"
        data={[{ value: EVERY, label: 'Every project' }, ...projects.map(({ key }) => ({ value: key, label: key }))]}
        value={project}
        onChange={(chosen) => set({ project: chosen ?? EVERY })}
        allowDeselect={false}
      />
    </>
  );
}
