/** How a program asks for a flag, in its own language, with this server's address. */
import { ActionIcon, Box, Code, CopyButton, Select, Stack, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { LANGUAGES, type LanguageName, snippetOf, type TokenKind, type ValueType } from './snippets.ts';

export interface SnippetProps {
  /** As programs write it. */
  readonly flag: string;
  /** Of the token that stands in it; a place for it where there is none. */
  readonly secrets: Partial<Record<TokenKind, string>>;
  readonly chosen: LanguageName;
  /** Of its variants; on or off unless given. */
  readonly type?: ValueType;
}

export function Snippet({ flag, secrets, chosen, type = 'boolean' }: SnippetProps) {
  const { tokenKind, install, note } = LANGUAGES[chosen];
  const token = secrets[tokenKind] ?? `<${tokenKind} token>`;
  return (
    <Stack gap="xs">
      {install !== null && <CopyableCode text={install} label="Copy how to install it" />}
      <CopyableCode text={snippetOf(chosen, { url: location.origin, token, flag, type })} label="Copy the code" />
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    </Stack>
  );
}

export function LanguageSelect({
  chosen,
  onChoose,
  only,
}: {
  readonly chosen: LanguageName;
  readonly onChoose: (language: LanguageName) => void;
  /** Those that take such a token; all unless given. */
  readonly only?: TokenKind;
}) {
  const offered = Object.entries(LANGUAGES).filter(([, { tokenKind }]) => only === undefined || tokenKind === only);
  return (
    <Select
      label="Language"
      data={offered.map(([name]) => name)}
      value={chosen}
      onChange={(name) => onChoose(name as LanguageName)}
      allowDeselect={false}
      maw={320}
    />
  );
}

/** The languages of one kind of token, one of them shown. */
export function Connect({ kind, secret }: { readonly kind: TokenKind; readonly secret: string }) {
  const [chosen, setChosen] = useState<LanguageName>(kind === 'server' ? 'TypeScript' : 'Web or React');
  return (
    <Stack gap="sm">
      <LanguageSelect chosen={chosen} onChoose={setChosen} only={kind} />
      <Snippet flag="new_checkout" secrets={{ [kind]: secret }} chosen={chosen} />
    </Stack>
  );
}

export interface CopyableCodeProps {
  readonly text: string;
  readonly label: string;
  /** Whether a dialog begins with it. */
  readonly isFocused?: boolean;
}

export function CopyableCode({ text, label, isFocused = false }: CopyableCodeProps) {
  return (
    <Box pos="relative">
      <Code block pr={44} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <Box pos="absolute" top={6} right={6}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : label}>
              <ActionIcon variant="default" aria-label={label} onClick={copy} {...(isFocused ? { 'data-autofocus': true } : {})}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Box>
    </Box>
  );
}
