/** The reference of all commands, made of their help. */
import type { Command } from './command.ts';
import { EXIT_CODES, EXIT_MEANINGS, type Exit } from './exit-code.ts';
import { helpOf, helpOfAll } from './help.ts';

export function reference(commands: readonly Command[]): string {
  const exits = (Object.keys(EXIT_CODES) as Exit[]).map((exit) => `| ${EXIT_CODES[exit]} | ${EXIT_MEANINGS[exit]} |`);
  return [
    '# The commands of `sluice`',
    '',
    'Written from their help by `npm run docs:cli`. How they go together is told in the [guide](../guides/cli.md).',
    '',
    fenced(helpOfAll(commands)),
    '## Exit codes',
    '',
    '| code | means |',
    '|---|---|',
    ...exits,
    '',
    ...commands.flatMap((command) => [`## sluice ${command.name}`, '', fenced(helpOf(command))]),
  ].join('\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
