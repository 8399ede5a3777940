/** What is made of the flags for programs. */
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import { command } from '../command.ts';
import { declarationOf } from '../declaration.ts';
import { allFlags } from './flag.ts';

const generated = z.object({ typeName: z.string(), flags: z.array(z.string()), path: z.string().nullable(), text: z.string() });

export const GENERATE_TYPES = command<z.infer<typeof generated>>({
  name: 'generate types',
  summary: 'A TypeScript declaration of all flags, their variants and the types of their values.',
  args: [{ name: 'path', says: 'where it is written; standard output unless given', isOptional: true }],
  options: [{ form: '--name <type>', says: 'of the type; Flags unless given' }],
  note: 'createSluice<Flags>() then compiles only with flags that there are, and with values of their types.',
  examples: ['generate types src/flags.ts', 'generate types --file config/feature_flags.json'],
  answer: generated,
  run: async (session, asked) => {
    const typeName = asked.text('name') ?? 'Flags';
    if (!/^[A-Z]\w*$/.test(typeName))
      throw new SluiceError('invalid', `--name must be the name of a type, as Flags; it is ${JSON.stringify(typeName)}`);
    const { members } = await allFlags(session);
    const text = declarationOf(members, typeName);
    const path = asked.optionalArg('path') ?? null;
    if (path !== null) await session.write(path, text);
    return { answer: { typeName, flags: members.map(({ name }) => name), path, text } };
  },
  show: ({ path, flags, text }) =>
    path === null ? text.trimEnd() : `${path}: ${flags.length} ${flags.length === 1 ? 'flag' : 'flags'}`,
});
