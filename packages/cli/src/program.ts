/** The parser of the command line, made of the declared commands. */
import { SluiceError } from '@sluice/core';
import { Option, Command as Parser } from 'commander';
import type { Command } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { helpOf, helpOfAll, helpOfGroup } from './help.ts';
import { Given, nameOfOption, type OptionSpec, readOption } from './option.ts';

export interface ProgramParts {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly run: (command: Command, given: Given) => Promise<void>;
}

/** Throws commander's own errors for what is misspelt, after it said what was probably meant. */
export function programOf(parts: ProgramParts): Parser {
  const { commands } = parts;
  const program = prepared(new Parser('sluice'), 'sluice', helpOfAll(commands), parts).version(parts.version, '--version');
  for (const spec of GLOBAL_OPTIONS) program.addOption(optionOf(spec));
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const words = command.name.split(' ');
    const last = words.pop() ?? '';
    let parent = program;
    for (const index of words.keys()) {
      const path = words.slice(0, index + 1).join(' ');
      const there = groups.get(path) ?? group(parent, path, parts);
      groups.set(path, there);
      parent = there;
    }
    parent.addCommand(parserOf(command, last, parts));
  }
  return program;
}

function group(parent: Parser, path: string, parts: ProgramParts): Parser {
  const members = parts.commands.filter((command) => command.name.startsWith(`${path} `));
  const name = path.slice(path.lastIndexOf(' ') + 1);
  const made = prepared(new Parser(name), `sluice ${path}`, helpOfGroup(path, members), parts);
  parent.addCommand(made);
  return made;
}

function parserOf(command: Command, name: string, parts: ProgramParts): Parser {
  const parser = prepared(new Parser(name), `sluice ${command.name}`, helpOf(command), parts);
  const args = command.args ?? [];
  for (const arg of args) parser.argument(arg.isOptional === true ? `[${arg.name}]` : `<${arg.name}>`);
  for (const spec of command.options ?? []) parser.addOption(optionOf(spec));
  return parser.action(async (...called: unknown[]) => {
    const values = Object.fromEntries(args.map((arg, index) => [arg.name, called[index]]));
    const empty = args.find(({ name: word }) => values[word] === '');
    if (empty !== undefined)
      throw new SluiceError('invalid', `sluice ${command.name}: <${empty.name}> must not be empty; it is ""`);
    const given = parser.optsWithGlobals();
    const missing = (command.options ?? []).find((spec) => spec.isNeeded === true && given[nameOfOption(spec)] === undefined);
    if (missing !== undefined) throw new SluiceError('invalid', `sluice ${command.name} needs ${missing.form}: ${missing.says}`);
    await parts.run(command, new Given(values, given));
  });
}

function prepared(parser: Parser, path: string, help: string, { write, complain }: ProgramParts): Parser {
  parser
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: complain })
    .showSuggestionAfterError(true)
    .showHelpAfterError(`(${path} --help tells how)`)
    .allowExcessArguments(false);
  parser.helpInformation = () => help;
  return parser;
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.form, spec.says);
  if (!spec.form.includes('<')) return option;
  return option.argParser((text: string, before: unknown) => {
    const value = readOption(spec, text);
    return spec.isList === true ? [...((before as unknown[] | undefined) ?? []), value] : value;
  });
}
