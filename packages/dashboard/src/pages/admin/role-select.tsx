/** The role of a person in a project, or in every one. */
import { Select } from '@mantine/core';
import { EVERY, ROLES, type Role } from '@sluice/core';

export interface RoleIn {
  /** Or `*`, every one. */
  readonly project: string;
  /** Null takes it away. */
  readonly role: Role | null;
}

export interface RoleSelectProps {
  readonly email: string;
  readonly project: string;
  readonly role: Role | null;
  readonly onChange: (changed: RoleIn) => void;
}

const NONE = 'none';

export function RoleSelect({ email, project, role, onChange }: RoleSelectProps) {
  const label = project === EVERY ? 'Every project' : project;
  return (
    <Select
      label={label}
      aria-label={`Role of ${email} in ${label}`}
      size="xs"
      w={150}
      data={[...ROLES, NONE]}
      value={role ?? NONE}
      allowDeselect={false}
      onChange={(chosen) => onChange({ project, role: chosen === null || chosen === NONE ? null : (chosen as Role) })}
    />
  );
}
