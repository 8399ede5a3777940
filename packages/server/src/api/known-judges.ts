/** Whether this server has what a plan is judged by: asked before a rollout starts, since it would hold at its first stage. */
import type { Issue } from '@sluice/core';
import type { Sluice } from 'sluice';
import { invalid } from '../http-problem.ts';
import { METRIC_SOURCES } from '../sources/metric-source-settings.ts';
import { VALIDATORS } from '../validators/validator-settings.ts';

/** @throws HttpProblem 400 naming every validator and metric source that is not there, and those that are */
export function checkJudges({ rollouts }: Sluice, settings: unknown): void {
  const { validators, metricSources } = rollouts.listJudges();
  const { validatorName, criteria, stages } = membersOf(settings);
  const issues: Issue[] = [
    ...unknown(validatorName, validators, { path: '/settings/validatorName', what: 'validator', variable: VALIDATORS }),
    ...sourceIssues(criteria, metricSources, '/settings/criteria'),
    ...listOf(stages).flatMap((stage, index) =>
      sourceIssues(membersOf(stage).criteria, metricSources, `/settings/stages/${index}/criteria`),
    ),
  ];
  const [first] = issues;
  if (first !== undefined) throw invalid(`${first.path} ${first.message}`, issues);
}

function sourceIssues(criteria: unknown, known: readonly string[], at: string): Issue[] {
  return listOf(criteria).flatMap((criterion, index) =>
    unknown(membersOf(criterion).source, known, {
      path: `${at}/${index}/source`,
      what: 'metric source',
      variable: METRIC_SOURCES,
    }),
  );
}

interface Named {
  readonly path: string;
  readonly what: string;
  readonly variable: string;
}

/** Whatever is no text is refused by who reads the plan. */
function unknown(name: unknown, known: readonly string[], { path, what, variable }: Named): Issue[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  const there = known.length === 0 ? 'there is none' : `there are ${known.map((other) => `"${other}"`).join(', ')}`;
  const message = `must be a ${what} that this server has: ${there}, and "${name}" is not among them; an operator adds it to ${variable}`;
  return [{ path, message }];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
