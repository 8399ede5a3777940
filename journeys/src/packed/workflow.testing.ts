/** Runs the steps of a GitHub Actions workflow as a runner does: in their order, in a fresh clone, until one fails. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Ran, run } from './installed.testing.ts';

const execute = promisify(execFile);
/** What the step that installs the command says; here it is what was packed. */
const INSTALL = 'npm install --global @sluice/cli';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly steps: readonly Step[] }>>;
}

/** What expressions of the workflow speak of. */
export interface Happening {
  readonly github: Readonly<Record<string, unknown>> & { readonly sha: string; readonly actor: string };
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Runner {
  readonly repository: string;
  /** Where clones are made. */
  readonly folder: string;
  /** Of the command that was installed. */
  readonly commands: string;
}

export interface Executed extends Ran {
  readonly step: string;
}

export async function runWorkflow(path: string, happening: Happening, runner: Runner): Promise<Executed[]> {
  const { env = {}, jobs } = parse(await readFile(path, 'utf8')) as Workflow;
  const executed: Executed[] = [];
  for (const job of Object.values(jobs)) {
    if (!holds(job.if, happening)) continue;
    const clone = await mkdtemp(join(runner.folder, 'clone-'));
    for (const step of job.steps) {
      if (!holds(step.if, happening)) continue;
      const ran = await execution(step, { ...env, ...step.env }, happening, runner, clone);
      if (ran !== null) executed.push(ran);
      if (ran !== null && ran.exit !== 0) break;
    }
  }
  return executed;
}

async function execution(
  step: Step,
  env: Readonly<Record<string, string>>,
  happening: Happening,
  { repository, commands }: Runner,
  clone: string,
): Promise<Executed | null> {
  const { sha, actor } = happening.github;
  if (step.run === undefined) {
    if (step.uses === 'actions/checkout@v4') await checkOut(repository, sha, clone);
    else if (step.uses !== 'actions/setup-node@v4') throw new Error(`no runner knows ${step.uses}`);
    return null;
  }
  if (step.run === INSTALL) return null;
  const told = Object.entries(env).map(([name, text]) => [name, filledIn(text, happening)]);
  const variables = { ...Object.fromEntries(told), GITHUB_SHA: sha, GITHUB_ACTOR: actor, CI: 'true' };
  const PATH = `${commands}:${process.env.PATH}`;
  return { step: step.run, ...(await run('bash', ['-e', '-c', step.run], { folder: clone, variables: { ...variables, PATH } })) };
}

async function checkOut(repository: string, sha: string, clone: string): Promise<void> {
  await execute('git', ['clone', '--quiet', repository, clone]);
  await execute('git', ['checkout', '--quiet', sha], { cwd: clone });
}

function filledIn(text: string, happening: Happening): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => String(meantBy(expression, happening) ?? ''));
}

function holds(condition: string | undefined, happening: Happening): boolean {
  if (condition === undefined) return true;
  const [left = '', right = ''] = condition.split(' == ');
  return meantBy(left, happening) === meantBy(right, happening);
}

/** A text in quotes, or a path; what is not there is undefined. */
function meantBy(expression: string, happening: Happening): unknown {
  const quoted = /^'(.*)'$/.exec(expression);
  if (quoted !== null) return quoted[1];
  return expression.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], happening);
}
