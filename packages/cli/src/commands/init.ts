/** Begins in a repository: where its flags are, and a first plan. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '@sluice/client/make-folder';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import { command } from '../command.ts';
import { given } from '../option.ts';
import { PLAN_PATH } from '../plan/load-plan.ts';
import { planSchema } from '../plan/plan-schema.ts';
import type { Session } from '../session.ts';
import { CONFIG_NAME } from '../settings.ts';

const FLAG_FILE = 'config/feature_flags.json';
const begun = z.object({ written: z.array(z.string()), kept: z.array(z.string()).describe('Was there already') });

/** Beside the plan, so that an editor needs neither network nor packages. */
const SCHEMA_NAME = 'rollout_plan.schema.json';
const SCHEMA_PATH = `${dirname(PLAN_PATH)}/${SCHEMA_NAME}`;

const FIRST_PLAN = `# yaml-language-server: $schema=${SCHEMA_NAME}
# sluice plan check   reads it, and simulates what its rollouts would do
# sluice plan diff    says what applying it would change
# sluice plan apply   makes it so; twice does nothing more
version: 1

flags:
  - name: new_feature
    description: What it is for
    owner: your-team
    rollout:
      strategy: canary # 1 → 5 → 10 → 25 → 50 → 100 %
      bake: 10m # each stage is watched so long
      criteria:
        - { metric: errorRate, max: 0.05, min_samples: 100 }
        - { metric: errorRate, versus_control: 1.2, name: errors beside the control }
`;

export const INIT = command<z.infer<typeof begun>>({
  name: 'init',
  summary: 'Writes sluice.json, which says where the flags are, and a first plan. What is there stays.',
  note: `With --url the flags are on that server, else in ${FLAG_FILE}. --project and --environment are written, too; a token never is. The schema of plans beside the plan is for editors, and is renewed by each call.`,
  examples: ['init', 'init --url https://flags.example.com --project shop'],
  answer: begun,
  run: async (session, asked) => {
    const where = given({ url: asked.text('url'), file: asked.text('file') });
    const chosen = given({ project: asked.text('project'), environment: asked.text('environment') });
    const config = { ...(Object.keys(where).length === 0 ? { file: FLAG_FILE } : where), ...chosen };
    const files = { [CONFIG_NAME]: `${JSON.stringify(config, null, 2)}\n`, [PLAN_PATH]: FIRST_PLAN };
    const written: string[] = [];
    const kept: string[] = [];
    for (const [path, text] of Object.entries(files)) ((await writeNew(session, path, text)) ? written : kept).push(path);
    ((await renewSchema(session)) ? written : kept).push(SCHEMA_PATH);
    return { answer: { written, kept } };
  },
  show: ({ written, kept }, paint) =>
    [
      ...written.map((path) => `${paint.good('written')}  ${path}`),
      ...kept.map((path) => `${paint.dim('was there')}  ${path}`),
      '',
      'Next: sluice plan check, then sluice plan diff',
    ].join('\n'),
});

/** False where the file is there already. @throws SluiceError `unavailable` */
async function writeNew(session: Session, path: string, text: string): Promise<boolean> {
  try {
    await makeFolder(dirname(session.path(path)));
    await writeFile(session.path(path), text, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new SluiceError('unavailable', `${path} cannot be written: ${message}`, { cause: error });
  }
}

/** It belongs to this command: one of another version is replaced. False where it is this one already. */
async function renewSchema(session: Session): Promise<boolean> {
  const text = `${JSON.stringify(planSchema(), null, 2)}\n`;
  const there = await readFile(session.path(SCHEMA_PATH), 'utf8').catch(() => null);
  if (there === text) return false;
  await session.write(SCHEMA_PATH, text);
  return true;
}
