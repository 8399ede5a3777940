/** Every command, in the order in which help tells them. */
import type { Command } from './command.ts';
import { TEST_COMMANDS } from './commands/experiment.ts';
import { TEST_SHIP } from './commands/experiment-ship.ts';
import { FLAG_COMMANDS } from './commands/flag.ts';
import { FLAG_CHANGE_COMMANDS } from './commands/flag-change.ts';
import { SCHEDULE_COMMANDS } from './commands/flag-schedule.ts';
import { GENERATE_TYPES } from './commands/generate.ts';
import { INIT } from './commands/init.ts';
import { KILL } from './commands/kill.ts';
import { LOGIN } from './commands/login.ts';
import { PLAN_COMMANDS } from './commands/plan.ts';
import { ROLLBACK_COMMANDS } from './commands/rollback.ts';
import { ROLLOUT_COMMANDS } from './commands/rollout.ts';
import { SERVE } from './commands/serve.ts';
import { TOKEN_COMMANDS } from './commands/token.ts';
import { TRANSFER_COMMANDS } from './commands/transfer.ts';

export const COMMANDS: readonly Command[] = [
  ...FLAG_COMMANDS,
  ...FLAG_CHANGE_COMMANDS,
  ...SCHEDULE_COMMANDS,
  KILL,
  ...ROLLBACK_COMMANDS,
  ...ROLLOUT_COMMANDS,
  ...TEST_COMMANDS,
  TEST_SHIP,
  ...PLAN_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...TOKEN_COMMANDS,
  LOGIN,
  INIT,
  GENERATE_TYPES,
  SERVE,
];
