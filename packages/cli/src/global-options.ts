/** Options that every command takes. */
import type { OptionSpec } from './option.ts';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { form: '--url <url>', says: 'the server (SLUICE_URL; http://127.0.0.1:4400)' },
  { form: '--token <secret>', says: 'who asks (SLUICE_TOKEN, else what sluice login kept)' },
  { form: '--project <key>', says: 'the project (SLUICE_PROJECT; default)' },
  { form: '--environment <key>', says: 'its environment (SLUICE_ENVIRONMENT; production)' },
  { form: '--file <path>', says: 'a feature_flags.json instead of a server (SLUICE_FILE)' },
  { form: '--json', says: 'JSON for programs instead of tables for people' },
  { form: '--yes', says: 'no question before what reaches everybody' },
  { form: '--no-color', says: 'no colours (NO_COLOR)' },
];
