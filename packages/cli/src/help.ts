/** The help of each command, made of its declaration: it fits a screen of 24 lines by 80. */
import type { Command } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import type { OptionSpec } from './option.ts';

const WIDTH = 80;
const GLOBALS_IN_SHORT = 'And: --url --token --project --environment --file --json --yes --no-color';

export function helpOf({ name, summary, args = [], options = [], examples, note }: Command): string {
  const usage = ['sluice', name, ...args.map(written), ...(options.length === 0 ? [] : ['[options]'])].join(' ');
  return [
    ...wrapped(summary),
    '',
    `Usage: ${usage}`,
    ...section(args.map((arg): [string, string] => [written(arg), arg.says])),
    ...section(options.map(optionRow)),
    ...(note === undefined ? [] : ['', ...wrapped(note)]),
    '',
    ...wrapped(GLOBALS_IN_SHORT),
    '',
    ...examples.map((example, index) => `${index === 0 ? 'Example:' : '        '} sluice ${example}`),
    '',
  ].join('\n');
}

/** Of a word that stands before others, such as `flag`. */
export function helpOfGroup(group: string, commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name.slice(group.length + 1), firstSentence(summary)]);
  return [
    `Usage: sluice ${group} <command> [options]`,
    ...section(rows),
    '',
    `sluice ${group} <command> --help tells of each.`,
    '',
    `Example: sluice ${commands[0]?.examples[0] ?? ''}`,
    '',
  ].join('\n');
}

export function helpOfAll(commands: readonly Command[]): string {
  const words = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
  const rows = words.map((word): [string, string] => {
    const own = commands.find(({ name }) => name === word);
    if (own !== undefined) return [word, firstSentence(own.summary)];
    const members = commands.filter(({ name }) => name.startsWith(`${word} `));
    return [word, [...new Set(members.map(({ name }) => name.split(' ')[1]))].join(' ')];
  });
  return [
    'Usage: sluice <command> [options]',
    ...section(rows, true),
    ...section(inShort(GLOBAL_OPTIONS)),
    '',
    'Example: sluice flag set checkout --percentage 10    (sluice <command> --help)',
    '',
  ].join('\n');
}

/** Options without a value are told in one line. */
function inShort(options: readonly OptionSpec[]): [string, string][] {
  const switches = options.filter(({ form }) => !form.includes('<')).map(({ form }) => form);
  return [
    ...options.filter(({ form }) => form.includes('<')).map(optionRow),
    [switches.join(' '), 'for programs; ask nothing; NO_COLOR'],
  ];
}

function written({ name, isOptional }: { readonly name: string; readonly isOptional?: boolean }): string {
  return isOptional === true ? `[${name}]` : `<${name}>`;
}

function optionRow({ form, says, isNeeded }: OptionSpec): [string, string] {
  return [form, isNeeded === true ? `${says} (needed)` : says];
}

/** Names and what they are; each on lines of its own where it does not fit. */
function section(rows: readonly (readonly [string, string])[], isCut = false): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.flatMap(([name, says]) => {
    const [first = '', ...rest] = wrapped(says, WIDTH - width);
    const shown = isCut && rest.length > 0 ? [`${first.slice(0, WIDTH - width - 2)} …`] : [first, ...rest];
    return shown.map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(width)}${line}`);
  });
  return ['', ...lines];
}

function wrapped(text: string, width = WIDTH): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1] ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function firstSentence(text: string): string {
  return text.split(/[.;:](?: |$)/)[0] ?? text;
}
