/** How a flag file is written: rewritten so that what nobody edited keeps its bytes, byte order mark and line ends included. */
import { type Flag, formatFlag } from '@sluice/core';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { EMPTY_FILE } from './flag-file-text.ts';

interface Entry {
  readonly name: string;
  readonly text: string;
  /** What stands before it, behind another entry. */
  readonly separator: string;
}

/** The parts of a text: read once, for a file of ten thousand flags is not to be read again for every change of one. */
export interface FlagLayout {
  /** Up to the list of flags. */
  readonly before: string;
  /** From the list's bracket to its first entry. */
  readonly open: string;
  readonly entries: readonly Entry[];
  /** From the last entry to the list's bracket. */
  readonly close: string;
  readonly after: string;
  readonly indent: string;
  readonly eol: string;
}

/** The parts of a good text; of one that is no flag file, those of an empty file. */
export function layoutOf(text: string): FlagLayout {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const tree = parseTree(text.slice(start));
  const list = tree === undefined ? undefined : findNodeAtLocation(tree, ['flags']);
  if (list?.type !== 'array') return layoutOf(EMPTY_FILE);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const slice = (from: number, to: number): string => text.slice(start + from, start + to);
  const nodes = list.children ?? [];
  const [first, last] = [nodes[0], nodes.at(-1)];
  const end = list.offset + list.length;
  const indent = first === undefined ? '    ' : indentOf(text, start + first.offset);
  return {
    before: text.slice(0, start + list.offset),
    open: first === undefined ? `[${eol}${indent}` : slice(list.offset, first.offset),
    entries: nodes.map((node, index): Entry => {
      const earlier = nodes[index - 1];
      const separator = earlier === undefined ? `,${eol}${indent}` : slice(endOf(earlier), node.offset);
      return { name: nameOf(node), text: slice(node.offset, endOf(node)), separator };
    }),
    close: last === undefined ? `${eol}${indent.slice(0, indent.length / 2)}]` : slice(endOf(last), end),
    after: text.slice(start + end),
    indent,
    eol,
  };
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function nameOf(entry: Node): string {
  return String(findNodeAtLocation(entry, ['name'])?.value);
}

function indentOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*$/.test(line) ? line : '    ';
}

/** Each changed flag in its place, added or (null) taken out. */
export function changedLayout(layout: FlagLayout, changed: ReadonlyMap<string, Flag | null>): FlagLayout {
  const rest = new Map(changed);
  const entries = layout.entries.flatMap((entry): Entry[] => {
    const flag = rest.get(entry.name);
    if (flag === undefined) return [entry];
    rest.delete(entry.name);
    return flag === null ? [] : [{ ...entry, text: printed(flag, layout) }];
  });
  for (const [name, flag] of rest)
    if (flag !== null) entries.push({ name, text: printed(flag, layout), separator: `,${layout.eol}${layout.indent}` });
  return { ...layout, entries };
}

export function textOfLayout({ before, open, entries, close, after }: FlagLayout): string {
  const parts = entries.map(({ text, separator }, index) => (index === 0 ? text : separator + text));
  return before + (parts.length === 0 ? '[]' : open + parts.join('') + close) + after;
}

export function rewriteFlagText(text: string, changed: ReadonlyMap<string, Flag | null>): string {
  return changed.size === 0 ? text : textOfLayout(changedLayout(layoutOf(text), changed));
}

function printed(flag: Flag, { indent, eol }: FlagLayout): string {
  const step = indent.includes('\t') ? '\t' : ' '.repeat(Math.max(2, Math.floor(indent.length / 2)));
  return JSON.stringify(formatFlag(flag), null, step).split('\n').join(`${eol}${indent}`);
}
