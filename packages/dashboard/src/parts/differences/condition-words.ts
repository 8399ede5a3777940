/** Conditions and rules as people would say them. */
import type { Condition, FlagSettings, JsonValue } from '@sluice/core';
import { type Clause, clausesOf } from '../targeting/clauses.ts';
import { OPERATORS } from '../targeting/operators.ts';

const EVERYBODY = 'everybody';

/** As in `plan is "pro" and age is at least 18`; `everybody` for the empty condition. */
export function conditionInWords(condition: Condition): string {
  const clauses = clausesOf(condition);
  return clauses.length === 0 ? EVERYBODY : clauses.map((clause) => clauseInWords(clause, clauses.length > 1)).join(' and ');
}

function clauseInWords(clause: Clause, isAmongOthers: boolean): string {
  if (clause.kind === 'segment') return `in ${listInWords(clause.segments, 'or')}`;
  if (clause.kind === 'attribute') return attributeInWords(clause);
  const { holds, clauses } = clause;
  if (clauses.length === 0) return holds === 'any' ? 'nobody' : holds === 'all' ? EVERYBODY : 'nobody';
  const parts = clauses.map((inner) => clauseInWords(inner, clauses.length > 1));
  if (holds === 'notAll') return `not (${parts.join(' and ')})`;
  const joined = parts.join(holds === 'any' ? ' or ' : ' and ');
  return isAmongOthers && parts.length > 1 ? `(${joined})` : joined;
}

function attributeInWords({ attribute, operator, operand }: Extract<Clause, { kind: 'attribute' }>): string {
  if (operator === 'exists') return `${attribute} is ${operand === false ? 'not there' : 'there'}`;
  return `${attribute} ${OPERATORS[operator].words} ${valueInWords(operand)}`;
}

function valueInWords(value: JsonValue): string {
  if (Array.isArray(value)) return listInWords(value, ',');
  return JSON.stringify(value);
}

const NAMED = 6;

function listInWords(values: readonly JsonValue[], joint: 'or' | ','): string {
  const named = values.slice(0, NAMED).map((value) => JSON.stringify(value));
  const text = named.join(joint === ',' ? ', ' : ` ${joint} `);
  return values.length > NAMED ? `${text} and ${values.length - NAMED} more` : text === '' ? 'nothing' : text;
}

type Rule = NonNullable<FlagSettings['rules']>[number];

export function ruleInWords(rule: Rule): string {
  const who = conditionInWords(rule.if);
  return 'variant' in rule ? `${who} → ${rule.variant}` : `${who} → ${rule.rolloutPercentage} % of them`;
}

/** A value of a variant, short. */
export function valueText(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
