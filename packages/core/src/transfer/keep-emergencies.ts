/** What an import does not take back: a kill, and users who were excluded, where it writes over a flag. */
import type { Flag } from '../flag/flag.ts';

/** The document's flag with the kill and the exclusions of the flag that is here, and what was kept so, in words; empty when nothing was. */
export function keepEmergencies(wanted: Flag, here: Flag): { readonly flag: Flag; readonly message: string } {
  const wasKilled = here.status === 'disabled' && here.statusBeforeKill !== null;
  const excluded = here.disabledUsers.filter((user) => !wanted.disabledUsers.includes(user));
  const kill = wasKilled ? killed(wanted, here.statusBeforeKill) : wanted;
  const said = [
    ...(wasKilled && wanted.status !== 'disabled'
      ? [`it was killed here and stays so; restoreFlag("${here.key}") undoes it`]
      : []),
    ...(excluded.length > 0 ? [`exclusions of users kept: ${excluded.length}; addUserToFlag lifts one`] : []),
  ];
  const flag = excluded.length === 0 ? kill : { ...kill, disabledUsers: [...wanted.disabledUsers, ...excluded] };
  return { flag, message: said.join('; ') };
}

/** Restored, it is what the document says. */
function killed(wanted: Flag, before: Flag['statusBeforeKill']): Flag {
  return wanted.status === 'disabled'
    ? { ...wanted, statusBeforeKill: wanted.statusBeforeKill ?? before }
    : { ...wanted, status: 'disabled', statusBeforeKill: wanted.status };
}
