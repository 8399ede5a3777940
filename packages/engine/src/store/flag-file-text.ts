/** The flag file as a text that is read, with the place of every fault. */
import { createHash } from 'node:crypto';
import { type FileFlag, type Issue, parseFlagFile, SluiceError } from '@sluice/core';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

const BOM = '\ufeff';
/** A file may have thousands of faults; finding a place takes a walk through the text. */
const MAX_PLACED = 20;
export const EMPTY_FILE = '{\n  "flags": []\n}\n';

export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @throws SluiceError `invalid` with file, line and column of every fault */
export function readFlagText(path: string, text: string): readonly FileFlag[] {
  const json = text.startsWith(BOM) ? text.slice(1) : text;
  try {
    const value = parseQuickly(json) ?? parseWithPlaces(path, json);
    const parsed = parseFlagFile(value);
    if ('flags' in parsed) return parsed.flags;
    throw placedError(path, json, parsed.issues);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fileError(path, [{ path: '', message: 'is nested too deeply to be read', line: 1, column: 1 }]);
  }
}

/** The error of faults that are known by their JSON pointers, with line and column. */
export function placedError(path: string, text: string, issues: readonly Issue[]): SluiceError {
  const json = text.startsWith(BOM) ? text.slice(1) : text;
  const tree = parseTree(json);
  return fileError(
    path,
    issues.map((issue, index) => (index < MAX_PLACED ? placed(json, tree, issue) : issue)),
  );
}

/** Undefined when the text is not JSON, or might name a key twice: then the slower parser says exactly where. */
function parseQuickly(json: string): unknown {
  if (json.includes('\\')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    const keys = countKeys(value);
    // Every key has its colon, so as many colons as keys leave none for a key that stands twice. Colons inside texts are told apart only then.
    return keys === countColons(json) || keys === json.match(/"\s*:/g)?.length ? value : undefined;
  } catch {
    return undefined;
  }
}

function countColons(json: string): number {
  let count = 0;
  for (let at = json.indexOf(':'); at >= 0; at = json.indexOf(':', at + 1)) count += 1;
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  for (const member of members) if (typeof member === 'object') count += countKeys(member);
  return count;
}

const JSON_FAULTS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word that is not true, false or null',
  InvalidNumberFormat: 'a number that is not written as JSON writes it',
  PropertyNameExpected: 'a name in double quotes must stand here (a comma before } is one too many)',
  ValueExpected: 'a value must stand here (a comma before ] is one too many)',
  ColonExpected: 'a colon must stand here',
  CommaExpected: 'a comma must stand here',
  CloseBraceExpected: 'a } is missing; the file may have been cut off',
  CloseBracketExpected: 'a ] is missing; the file may have been cut off',
  EndOfFileExpected: 'nothing may come after the closing }',
  InvalidCommentToken: 'comments are not allowed',
  UnexpectedEndOfComment: 'comments are not allowed',
  UnexpectedEndOfString: 'a text has no closing quote on its line',
  UnexpectedEndOfNumber: 'a number breaks off',
  InvalidUnicode: 'a \\u escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'an unknown escape; a backslash is written \\\\',
  InvalidCharacter: 'a control character, which must be escaped',
};

function parseWithPlaces(path: string, json: string): unknown {
  const errors: ParseError[] = [];
  const tree = parseTree(json, errors, { disallowComments: true, allowTrailingComma: false });
  if (json.trim() === '')
    throw fileError(path, [{ path: '', message: 'is empty; it must be { "flags": [] }', line: 1, column: 1 }]);
  // What comes after the first fault is mostly its echo.
  const faults = errors.slice(0, 1).map((error): Issue => {
    const code = printParseErrorCode(error.error);
    return { path: '', message: `is not JSON: ${JSON_FAULTS[code] ?? code}`, ...placeOf(json, error.offset) };
  });
  if (tree !== undefined && faults.length === 0) for (const fault of duplicateKeys(json, tree, '')) faults.push(fault);
  if (faults.length > 0 || tree === undefined) throw fileError(path, faults);
  return JSON.parse(json);
}

function duplicateKeys(json: string, node: Node, pointer: string): Issue[] {
  if (node.type === 'array')
    return (node.children ?? []).flatMap((child, index) => duplicateKeys(json, child, `${pointer}/${index}`));
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((property): Issue[] => {
    const [keyNode, valueNode] = property.children ?? [];
    const key = String(keyNode?.value);
    const at = `${pointer}/${key}`;
    const again = seen.has(key) ? [{ path: at, message: 'stands twice in one object', ...placeOf(json, property.offset) }] : [];
    seen.add(key);
    return valueNode === undefined ? again : [...again, ...duplicateKeys(json, valueNode, at)];
  });
}

function placed(json: string, tree: Node | undefined, issue: Issue): Issue {
  const segments = issue.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = segments.length; depth >= 0 && tree !== undefined; depth--) {
    const path = segments.slice(0, depth).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const node = depth === 0 ? tree : findNodeAtLocation(tree, path);
    if (node !== undefined) return { ...issue, ...placeOf(json, node.offset) };
  }
  return issue;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function fileError(path: string, issues: readonly Issue[]): SluiceError {
  const shown = issues
    .slice(0, 5)
    .map(
      (issue) =>
        `${path}:${issue.line ?? 1}:${issue.column ?? 1}: ${issue.path === '' ? 'the file' : issue.path} ${issue.message}`,
    );
  const more = issues.length > shown.length ? `\n… and ${issues.length - shown.length} more` : '';
  return new SluiceError('invalid', `${shown.join('\n')}${more}`, { issues });
}
