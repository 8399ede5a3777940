/** Every command, in the order in which help tells them. */
import type { Command } from './command.ts';
import { FLAG_COMMANDS } from './commands/flag.ts';
import { FLAG_CHANGE_COMMANDS } from './commands/flag-change.ts';
import { KILL } from './commands/kill.ts';
import { ROLLBACK_COMMANDS } from './commands/rollback.ts';
import { ROLLOUT_COMMANDS } from './commands/rollout.ts';

export const COMMANDS: readonly Command[] = [
  ...FLAG_COMMANDS,
  ...FLAG_CHANGE_COMMANDS,
  KILL,
  ...ROLLBACK_COMMANDS,
  ...ROLLOUT_COMMANDS,
];
