/** How a program asks for this flag, in the language that it is written in. */
import { Stack } from '@mantine/core';
import { useState } from 'react';
import type { Flag } from '../api/answers.ts';
import { Section } from './section.tsx';
import { LanguageSelect, Snippet } from './snippet.tsx';
import { type LanguageName, valueTypeOf } from './snippets.ts';

export function FlagProgram({ flag: { name, variants } }: { readonly flag: Flag }) {
  const [chosen, setChosen] = useState<LanguageName>('TypeScript');
  return (
    <Section title="In a program">
      <Stack gap="sm">
        <LanguageSelect chosen={chosen} onChoose={setChosen} />
        <Snippet flag={name} secrets={{}} chosen={chosen} type={valueTypeOf(variants)} />
      </Stack>
    </Section>
  );
}
