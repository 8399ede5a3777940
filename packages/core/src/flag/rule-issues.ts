/** What a rule may be, in code and in the flag file alike. */
import type { Issue } from '../error.ts';
import { isJsonObject } from '../json.ts';
import { percentageProblem } from '../share.ts';
import { nearest } from './nearest.ts';
import { parseCondition, pointerPart } from './parse-condition.ts';
import { shown } from './shown.ts';

/** Every issue of one rule; `share` is what its percentage is called where the rule stands. */
export function ruleIssues(value: unknown, path: string, share: 'rolloutPercentage' | 'rollout_percentage'): Issue[] {
  const form = `must be { "if": condition, "variant": name } or { "if": condition, "${share}": number }`;
  if (!isJsonObject(value)) return [{ path, message: `${form}; it is ${shown(value)}` }];
  const known = ['if', 'variant', share];
  const issues: Issue[] = Object.keys(value)
    .filter((field) => !known.includes(field))
    .map((field) => ({ path: `${path}/${pointerPart(field)}`, message: `is not a field of a rule${nearest(field, known)}` }));
  // Without its condition a rule would hold for everybody; who means that can write {}.
  if (value.if === undefined) issues.push({ path, message: 'lacks "if", its condition; {} holds for everybody' });
  else {
    const parsed = parseCondition(value.if, `${path}/if`);
    if ('issues' in parsed) for (const issue of parsed.issues) issues.push(issue);
  }
  if ((value.variant === undefined) === (value[share] === undefined)) {
    const found = value.variant === undefined ? 'neither' : 'both';
    return [...issues, { path, message: `${form}; it has ${found} of variant and ${share}` }];
  }
  const problem = value.variant === undefined ? percentageProblem(value[share]) : variantNameProblem(value.variant);
  const field = value.variant === undefined ? share : 'variant';
  return problem === null
    ? issues
    : [...issues, { path: `${path}/${field}`, message: `${problem}; it is ${shown(value[field])}` }];
}

function variantNameProblem(value: unknown): string | null {
  return typeof value === 'string' ? null : 'must be the name of a variant';
}
