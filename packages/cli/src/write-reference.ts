/** Writes what is published of the commands: their schemas, and the reference that is made of their help. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '@sluice/client/make-folder';
import { COMMANDS } from './commands.ts';
import { outputSchema } from './output-schema.ts';
import { planSchema } from './plan/plan-schema.ts';
import { reference } from './reference.ts';

const here = join(import.meta.dirname, '..');
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const files: Readonly<Record<string, string>> = {
  'schema/output.schema.json': json(outputSchema(COMMANDS)),
  'schema/rollout-plan.schema.json': json(planSchema()),
  '../../docs/reference/cli.md': reference(COMMANDS),
};
for (const [path, text] of Object.entries(files)) {
  await makeFolder(dirname(join(here, path)));
  await writeFile(join(here, path), text);
}
