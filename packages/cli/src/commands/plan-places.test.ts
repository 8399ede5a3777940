/** One plan, applied in one place after another. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { onFile, type Place, served } from '../at.testing.ts';
import type { PlanStep } from '../plan/plan-step.ts';

const ROLLOUT = `version: 1
flags:
  - name: model
    rollout: { strategy: percentage, stages: [1, 100], bake: 1h, criteria: [{ metric: errorRate, max: 0.05 }] }
`;
const actions = (json: unknown): string[] =>
  (json as { readonly steps: readonly PlanStep[] }).steps.map(({ kind, action }) => `${kind} ${action}`);

async function write(at: Place, text: string): Promise<void> {
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
  await writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);
}

it('a plan begins in each environment, also where its flag came to be by being made in another', async () => {
  const at = await served();
  await at.client.projects.setProtected({ project: 'shop', name: 'production', isProtected: true, reason: 'live' });
  await write(at, ROLLOUT);
  expect(actions((await at.run('plan apply --json --environment staging')).json)).toEqual(['flag create', 'rollout start']);
  expect((await at.run('flag get model --json')).json).toMatchObject({ status: 'disabled', rolloutPercentage: 0 });
  const foretold = await at.run('plan diff --json');
  expect([foretold.exit, actions(foretold.json)]).toEqual([7, ['flag update', 'rollout start']]);
  const done = await at.run('plan apply --json');
  expect([done.exit, actions(done.json)]).toEqual([0, ['flag update', 'rollout start']]);
  expect((await at.run('rollout status model --json')).json).toMatchObject({ phase: 'baking', currentPercentage: 1 });
  expect(actions((await at.run('plan apply --json')).json)).toEqual(['flag none', 'rollout none']);
  await at.close();
});

it('a plan whose flag was killed in one environment begins in the other alone', async () => {
  const at = await served();
  await at.run('flag create model --percentage 0 --environment staging');
  await at.run('kill model --environment staging --reason "not yet"');
  await write(at, ROLLOUT);
  expect(actions((await at.run('plan apply --json --environment staging')).json)).toEqual(['flag left', 'rollout left']);
  expect(actions((await at.run('plan apply --json')).json)).toEqual(['flag update', 'rollout start']);
  await at.close();
});

it('a plan with notifications is compared with a file and applied to it without the variables of their addresses', async () => {
  const at = await onFile();
  const url = 'https://chat.example.com/$' + '{PART}';
  await write(
    at,
    `version: 1\nflags:\n  - { name: sale }\nnotifications:\n  - { key: chat, url: "${url}", events: [rollout.*] }\n`,
  );
  for (const line of ['plan apply --json', 'plan diff --json']) {
    const { exit, json } = await at.run(line);
    expect([exit, actions(json).at(-1)]).toEqual([0, 'notification left']);
  }
  await at.close();
});
