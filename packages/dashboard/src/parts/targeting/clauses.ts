/** A condition as a list of lines that people edit, and back. A line may be half-written, which an object with names as keys cannot be. */
import type { Condition, JsonValue } from '@sluice/core';
import { isOperator, type Operator } from './operators.ts';

export type Clause =
  | {
      readonly id: string;
      readonly kind: 'attribute';
      readonly attribute: string;
      readonly operator: Operator;
      readonly operand: JsonValue;
    }
  | { readonly id: string; readonly kind: 'segment'; readonly segments: readonly string[] }
  | { readonly id: string; readonly kind: 'group'; readonly holds: Holds; readonly clauses: readonly Clause[] };

/** How many lines of a group must hold. */
export type Holds = 'all' | 'any' | 'notAll';

const IN_SEGMENT = 'in_segment';
const COMBINATORS: ReadonlySet<string> = new Set(['all', 'any', 'not']);

let lastId = 0;
export function newId(): string {
  lastId += 1;
  return `clause ${lastId}`;
}

export function clausesOf(condition: Condition): Clause[] {
  return Object.entries(condition).flatMap(([name, operand]): Clause[] => {
    const id = newId();
    if (name === IN_SEGMENT) return [{ id, kind: 'segment', segments: [operand].flat() as string[] }];
    if (name === 'not') return [{ id, kind: 'group', holds: 'notAll', clauses: clausesOf(operand as Condition) }];
    if (name === 'all' || name === 'any')
      return [{ id, kind: 'group', holds: name, clauses: (operand as unknown as Condition[]).map(memberClause) }];
    return attributeClauses(name, operand);
  });
}

/** A member of a list is a line where it says one thing, else a group of all it says. */
function memberClause(condition: Condition): Clause {
  const clauses = clausesOf(condition);
  const [only] = clauses;
  return clauses.length === 1 && only !== undefined ? only : { id: newId(), kind: 'group', holds: 'all', clauses };
}

function attributeClauses(attribute: string, operand: JsonValue): Clause[] {
  const clause = (operator: Operator, value: JsonValue): Clause => ({
    id: newId(),
    kind: 'attribute',
    attribute,
    operator,
    operand: value,
  });
  if (Array.isArray(operand)) return [clause('in', operand)];
  if (typeof operand !== 'object' || operand === null) return [clause('eq', operand)];
  return Object.entries(operand).flatMap(([operator, value]) => (isOperator(operator) ? [clause(operator, value)] : []));
}

export interface Written {
  readonly condition: Condition;
  /** By the id of a clause, its JSON pointer below the condition. */
  readonly pointers: ReadonlyMap<string, string>;
}

/** Not yet anything that could hold or not: it is left out of the condition. */
export function isUnfinished(clause: Clause): boolean {
  if (clause.kind === 'attribute') return clause.attribute.trim() === '';
  if (clause.kind === 'segment') return clause.segments.length === 0;
  return clause.clauses.length > 0 && clause.clauses.every(isUnfinished);
}

/** The condition that holds where all clauses do that are finished. */
export function conditionOf(clauses: readonly Clause[]): Written {
  const condition: Record<string, JsonValue> = {};
  const pointers = new Map<string, string>();
  // What says of a name what another line says already stands in a list of its own.
  const further: Clause[] = [];
  for (const clause of clauses.filter((each) => !isUnfinished(each)))
    if (!placed(clause, condition, pointers)) further.push(clause);
  if (further.length > 0) {
    const members = 'all' in condition ? (condition.all as readonly JsonValue[]) : [];
    const extra = further.map(memberOf);
    condition.all = [...members, ...extra.map((written) => written.condition)];
    for (const [index, written] of extra.entries())
      for (const [id, pointer] of written.pointers) pointers.set(id, `/all/${members.length + index}${pointer}`);
  }
  return { condition, pointers };
}

/** Whether there was room for it under its name. */
function placed(clause: Clause, condition: Record<string, JsonValue>, pointers: Map<string, string>): boolean {
  if (clause.kind === 'attribute') return placedAttribute(clause, condition, pointers);
  const name = clause.kind === 'segment' ? IN_SEGMENT : clause.holds === 'notAll' ? 'not' : clause.holds;
  if (Object.hasOwn(condition, name)) return false;
  pointers.set(clause.id, `/${name}`);
  if (clause.kind === 'segment') {
    condition[name] = clause.segments.length === 1 ? (clause.segments[0] ?? '') : clause.segments;
    return true;
  }
  if (clause.holds === 'notAll') {
    const inner = conditionOf(clause.clauses);
    condition[name] = inner.condition;
    for (const [id, pointer] of inner.pointers) pointers.set(id, `/not${pointer}`);
    return true;
  }
  const finished = clause.clauses.filter((member) => !isUnfinished(member));
  condition[name] = finished.map((member, index) => {
    const inner = memberOf(member);
    for (const [id, pointer] of inner.pointers) pointers.set(id, `/${name}/${index}${pointer}`);
    return inner.condition;
  });
  return true;
}

/** A member of a list says by itself that all of it must hold. */
function memberOf(clause: Clause): Written {
  if (clause.kind !== 'group' || clause.holds !== 'all') return conditionOf([clause]);
  const { condition, pointers } = conditionOf(clause.clauses);
  return { condition, pointers: new Map(pointers).set(clause.id, '') };
}

type AttributeClause = Extract<Clause, { kind: 'attribute' }>;

function placedAttribute(
  { id, attribute, operator, operand }: AttributeClause,
  condition: Record<string, JsonValue>,
  pointers: Map<string, string>,
): boolean {
  const isShort = (operator === 'eq' && !Array.isArray(operand)) || (operator === 'in' && Array.isArray(operand));
  const at = `/${pointerPart(attribute)}`;
  const kept = Object.hasOwn(condition, attribute) ? condition[attribute] : undefined;
  if (kept === undefined) {
    condition[attribute] = isShort && !isReserved(attribute) ? operand : { [operator]: operand };
    pointers.set(id, isShort ? at : `${at}/${operator}`);
    return true;
  }
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept) || Object.hasOwn(kept, operator)) return false;
  condition[attribute] = { ...kept, [operator]: operand };
  pointers.set(id, `${at}/${operator}`);
  return true;
}

/** Names that mean something else in a condition: the server says so where one is written as an attribute. */
function isReserved(attribute: string): boolean {
  return attribute === IN_SEGMENT || COMBINATORS.has(attribute);
}

function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
