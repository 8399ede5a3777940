/** The shortest program that asks for a flag, for each language. */

export type TokenKind = 'server' | 'client';

export interface SnippetOf {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  readonly flag: string;
}

interface Language {
  readonly tokenKind: TokenKind;
  /** Null where nothing has to be installed. */
  readonly install: string | null;
  readonly note: string;
  readonly lines: (of: SnippetOf) => readonly string[];
}

const IN_PROCESS = 'It evaluates in your process, and goes on when the server is away. The token is a secret of your backend.';
const BY_SERVER = 'The server evaluates, over OFREP: one request for each question.';

const KNOWN = {
  TypeScript: {
    tokenKind: 'server',
    install: 'npm install @sluice/client',
    note: IN_PROCESS,
    lines: ({ url, token, flag }) => [
      "import { connect } from '@sluice/client';",
      '',
      `const flags = connect({ url: ${quoted(url)}, token: ${quoted(token)} });`,
      'await flags.ready();',
      `console.log(flags.isEnabled(${quoted(flag)}, { userId: 'user-1' }));`,
    ],
  },
  'OpenFeature in Node.js': {
    tokenKind: 'server',
    install: 'npm install @sluice/openfeature @openfeature/server-sdk',
    note: IN_PROCESS,
    lines: ({ url, token, flag }) => [
      "import { OpenFeature } from '@openfeature/server-sdk';",
      "import { SluiceProvider } from '@sluice/openfeature/server';",
      '',
      `const provider = new SluiceProvider({ url: ${quoted(url)}, token: ${quoted(token)} });`,
      'await OpenFeature.setProviderAndWait(provider);',
      `const isOn = await OpenFeature.getClient().getBooleanValue(${quoted(flag)}, false, { targetingKey: 'user-1' });`,
    ],
  },
  'Web or React': {
    tokenKind: 'client',
    install: 'npm install @sluice/openfeature @openfeature/web-sdk',
    note: 'The server evaluates, so that no rule leaves it. Whoever has the page can read a client token: it only asks.',
    lines: ({ url, token, flag }) => [
      "import { OpenFeature } from '@openfeature/web-sdk';",
      "import { SluiceWebProvider } from '@sluice/openfeature/web';",
      '',
      "await OpenFeature.setContext({ targetingKey: 'user-1' });",
      `await OpenFeature.setProviderAndWait(new SluiceWebProvider({ url: ${quoted(url)}, token: ${quoted(token)} }));`,
      `const isOn = OpenFeature.getClient().getBooleanValue(${quoted(flag)}, false);`,
    ],
  },
  Python: {
    tokenKind: 'server',
    install: 'pip install openfeature-sdk openfeature-provider-ofrep',
    note: BY_SERVER,
    lines: ({ url, token, flag }) => [
      'from openfeature import api',
      'from openfeature.contrib.provider.ofrep import OFREPProvider',
      'from openfeature.evaluation_context import EvaluationContext',
      '',
      `headers = {"Authorization": ${quotedTwice(`Bearer ${token}`)}}`,
      `api.set_provider(OFREPProvider(base_url=${quotedTwice(url)}, headers_factory=lambda: headers))`,
      `print(api.get_client().get_boolean_value(${quotedTwice(flag)}, False, EvaluationContext("user-1")))`,
    ],
  },
  Go: {
    tokenKind: 'server',
    install: 'go get github.com/open-feature/go-sdk github.com/open-feature/go-sdk-contrib/providers/ofrep',
    note: BY_SERVER,
    lines: ({ url, token, flag }) => [
      `provider := ofrep.NewProvider(${quotedTwice(url)}, ofrep.WithBearerToken(${quotedTwice(token)}))`,
      'openfeature.SetProviderAndWait(provider)',
      'client := openfeature.NewClient("app")',
      'user := openfeature.NewEvaluationContext("user-1", nil)',
      `isOn, _ := client.BooleanValue(context.Background(), ${quotedTwice(flag)}, false, user)`,
    ],
  },
  Java: {
    tokenKind: 'server',
    install: 'implementation "dev.openfeature:sdk", "dev.openfeature.contrib.providers:ofrep"',
    note: BY_SERVER,
    lines: ({ url, token, flag }) => [
      'var options = OfrepProviderOptions.builder()',
      `    .baseUrl(${quotedTwice(url)})`,
      `    .headers(ImmutableMap.of("Authorization", ImmutableList.of(${quotedTwice(`Bearer ${token}`)})))`,
      '    .build();',
      'OpenFeatureAPI.getInstance().setProviderAndWait(OfrepProvider.constructProvider(options));',
      'var client = OpenFeatureAPI.getInstance().getClient();',
      `boolean isOn = client.getBooleanValue(${quotedTwice(flag)}, false, new ImmutableContext("user-1"));`,
    ],
  },
  curl: {
    tokenKind: 'server',
    install: null,
    note: BY_SERVER,
    lines: ({ url, token, flag }) => [
      `curl -X POST ${inShell(`${url}/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`)} \\`,
      `  -H ${inShell(`Authorization: Bearer ${token}`)} -H 'Content-Type: application/json' \\`,
      `  -d '{"context":{"targetingKey":"user-1"}}'`,
    ],
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof KNOWN;
export const LANGUAGES: Readonly<Record<LanguageName, Language>> = KNOWN;

export function snippetOf(language: LanguageName, of: SnippetOf): string {
  return LANGUAGES[language].lines(of).join('\n');
}

/** A name may have any character: what is copied must still be a program, and no other one. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function quotedTwice(text: string): string {
  return JSON.stringify(text);
}

function inShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
