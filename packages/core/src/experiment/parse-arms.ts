/** The arms of a test as people write them: control and treatment with a split, or a list. */
import type { Issue } from '../error.ts';
import { nameProblem } from '../flag/flag-file.ts';
import { shown } from '../flag/shown.ts';
import { isJsonObject } from '../json.ts';
import { percentageProblem, type Share, WHOLE_SHARE } from '../share.ts';
import type { Arm, Experiment } from './experiment.ts';

export const CONTROL = 'control';
export const TREATMENT = 'treatment';
const MAX_ARMS = 10;

/** The first is the control and is called so. Weights sum to 1; without any, the arms get equal parts. */
export interface ArmSettings {
  readonly variant: string;
  readonly component: string;
  readonly weight?: number;
}

interface ArmsInput {
  readonly arms?: unknown;
  readonly controlComponent?: unknown;
  readonly treatmentComponent?: unknown;
  readonly trafficSplit?: unknown;
}

export type ParsedArms = { readonly arms: Experiment['arms'] } | { readonly issues: readonly Issue[] };

export function parseArms(input: ArmsInput): ParsedArms {
  if (input.arms === undefined) return twoArms(input);
  const other = (['controlComponent', 'treatmentComponent', 'trafficSplit'] as const).find((name) => input[name] !== undefined);
  if (other !== undefined) return { issues: [{ path: `/${other}`, message: 'says the same as arms; give one of them' }] };
  return listedArms(input.arms);
}

function twoArms({ controlComponent, treatmentComponent, trafficSplit = 0.5 }: ArmsInput): ParsedArms {
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries({ controlComponent, treatmentComponent }))
    if (typeof value !== 'string' || value === '')
      issues.push({ path: `/${name}`, message: `must be a text that is not empty; it is ${shown(value)}` });
  if (issues.length === 0 && controlComponent === treatmentComponent)
    issues.push({ path: '/treatmentComponent', message: `must differ from the control; both are "${String(controlComponent)}"` });
  const problem = partProblem(trafficSplit);
  if (problem !== null) issues.push({ path: '/trafficSplit', message: `${problem}; it is ${shown(trafficSplit)}` });
  else if (trafficSplit === 1) issues.push({ path: '/trafficSplit', message: 'must leave a part to the control; it is 1' });
  if (issues.length > 0) return { issues };
  const weight = partToShare(Number(trafficSplit));
  return {
    arms: [
      { variant: CONTROL, component: String(controlComponent), weight: WHOLE_SHARE - weight },
      { variant: TREATMENT, component: String(treatmentComponent), weight },
    ],
  };
}

function listedArms(input: unknown): ParsedArms {
  if (!Array.isArray(input) || input.length < 2 || input.length > MAX_ARMS) {
    const message = `must be a list of 2 to ${MAX_ARMS} arms such as { variant: "control", component: "biobert", weight: 0.5 }; it is ${shown(input)}`;
    return { issues: [{ path: '/arms', message }] };
  }
  const issues = input.flatMap((arm: unknown, index) => armIssues(arm, index));
  if (issues.length > 0) return { issues };
  const arms = input as ArmSettings[];
  const repeated = repeatIssues(arms);
  const weights = weightsOf(arms);
  if ('issues' in weights || repeated.length > 0)
    return { issues: [...repeated, ...('issues' in weights ? weights.issues : [])] };
  const [first, second, ...rest] = arms.map(({ variant, component }, index) => ({
    variant,
    component,
    weight: weights.shares[index] ?? 0,
  })) as [Arm, Arm, ...Arm[]];
  return { arms: [first, second, ...rest] };
}

function armIssues(arm: unknown, index: number): Issue[] {
  const path = `/arms/${index}`;
  if (!isJsonObject(arm)) return [{ path, message: `must be an object { variant, component, weight? }; it is ${shown(arm)}` }];
  const issues: Issue[] = Object.keys(arm)
    .filter((key) => !['variant', 'component', 'weight'].includes(key))
    .map((key) => ({ path: `${path}/${key}`, message: 'is not a setting of an arm; there are variant, component, weight' }));
  const problem = nameProblem(arm.variant);
  if (problem !== null) issues.push({ path: `${path}/variant`, message: `${problem}; it is ${shown(arm.variant)}` });
  // A whole number would be moved to the front wherever the arms become an object's keys, and units with it.
  else if (/^\d+$/.test(String(arm.variant))) issues.push({ path: `${path}/variant`, message: 'must not be a number alone' });
  else if ((index === 0) !== (arm.variant === CONTROL))
    issues.push({ path: `${path}/variant`, message: `"${CONTROL}" is the name of the first arm and of no other` });
  if (typeof arm.component !== 'string' || arm.component === '')
    issues.push({ path: `${path}/component`, message: `must be a text that is not empty; it is ${shown(arm.component)}` });
  const weight = arm.weight === undefined ? null : partProblem(arm.weight);
  if (weight !== null)
    issues.push({
      path: `${path}/weight`,
      message: `${weight}, or be left out of all arms for equal parts; it is ${shown(arm.weight)}`,
    });
  return issues;
}

function repeatIssues(arms: readonly ArmSettings[]): Issue[] {
  return arms.flatMap((arm, index) =>
    (['variant', 'component'] as const)
      .filter((field) => arms.findIndex((other) => other[field] === arm[field]) < index)
      .map((field) => ({ path: `/arms/${index}/${field}`, message: `is "${arm[field]}" again; arms must differ` })),
  );
}

function weightsOf(arms: readonly ArmSettings[]): { readonly shares: readonly Share[] } | { readonly issues: readonly Issue[] } {
  const given = arms.filter((arm) => arm.weight !== undefined).length;
  if (given === 0) {
    const equal = Math.floor(WHOLE_SHARE / arms.length);
    return { shares: arms.map((_, index) => equal + Number(index < WHOLE_SHARE - equal * arms.length)) };
  }
  if (given < arms.length) return { issues: [{ path: '/arms', message: 'must give all weights or none' }] };
  const shares = arms.map((arm) => partToShare(arm.weight ?? 0));
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === WHOLE_SHARE) return { shares };
  return { issues: [{ path: '/arms', message: `must have weights that sum to 1; they sum to ${total / WHOLE_SHARE}` }] };
}

/** Why `value` is no part of a whole above 0, or null. */
export function partProblem(value: unknown): string | null {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) return 'must lie between 0 and 1';
  return percentageProblem(value * 100) === null ? null : 'may have at most five decimals';
}

export function partToShare(part: number): Share {
  return Math.round(part * WHOLE_SHARE);
}
