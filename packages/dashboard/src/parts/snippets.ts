/** The shortest program that asks for a flag, for each language. */

export type TokenKind = 'server' | 'client';

export interface SnippetOf {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  readonly flag: string;
  /** A flag of two variants is asked whether it is on, any other for its value. */
  readonly type: ValueType;
}

export type ValueType = 'boolean' | 'string' | 'number' | 'object';

/** Of all variants of a flag, as programs ask for them. */
export function valueTypeOf(variants: Readonly<Record<string, unknown>>): ValueType {
  const types = new Set(Object.values(variants).map((value) => typeof value));
  const [only = 'object'] = types;
  return types.size === 1 && (only === 'boolean' || only === 'string' || only === 'number') ? only : 'object';
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

interface Asking {
  /** In the name of what asks. */
  readonly name: string;
  /** What the program has where it is told nothing. */
  readonly fallback: string;
}

const IN_SCRIPT: Readonly<Record<ValueType, Asking>> = {
  boolean: { name: 'Boolean', fallback: 'false' },
  string: { name: 'String', fallback: "''" },
  number: { name: 'Number', fallback: '0' },
  object: { name: 'Object', fallback: '{}' },
};
const IN_PYTHON: Readonly<Record<ValueType, Asking>> = {
  boolean: { name: 'boolean', fallback: 'False' },
  string: { name: 'string', fallback: '""' },
  number: { name: 'float', fallback: '0.0' },
  object: { name: 'object', fallback: '{}' },
};
const IN_GO: Readonly<Record<ValueType, Asking>> = {
  boolean: { name: 'Boolean', fallback: 'false' },
  string: { name: 'String', fallback: '""' },
  number: { name: 'Float', fallback: '0' },
  object: { name: 'Object', fallback: 'nil' },
};
const IN_JAVA: Readonly<Record<ValueType, Asking>> = {
  boolean: { name: 'Boolean', fallback: 'false' },
  string: { name: 'String', fallback: '""' },
  number: { name: 'Double', fallback: '0.0' },
  object: { name: 'Object', fallback: 'new Value()' },
};

const KNOWN = {
  TypeScript: {
    tokenKind: 'server',
    install: 'npm install @sluice/client',
    note: IN_PROCESS,
    lines: ({ url, token, flag, type }) => [
      "import { connect } from '@sluice/client';",
      '',
      `const flags = connect({ url: ${quoted(url)}, token: ${quoted(token)} });`,
      'await flags.ready();',
      type === 'boolean'
        ? `console.log(flags.isEnabled(${quoted(flag)}, { userId: 'user-1' }));`
        : `console.log(flags.evaluate(${quoted(flag)}, { userId: 'user-1' }, ${IN_SCRIPT[type].fallback}).value);`,
    ],
  },
  'OpenFeature in Node.js': {
    tokenKind: 'server',
    install: 'npm install @sluice/openfeature @openfeature/server-sdk',
    note: IN_PROCESS,
    lines: ({ url, token, flag, type }) => [
      "import { OpenFeature } from '@openfeature/server-sdk';",
      "import { SluiceProvider } from '@sluice/openfeature/server';",
      '',
      `const provider = new SluiceProvider({ url: ${quoted(url)}, token: ${quoted(token)} });`,
      'await OpenFeature.setProviderAndWait(provider);',
      `const value = await OpenFeature.getClient().get${IN_SCRIPT[type].name}Value(${quoted(flag)}, ${IN_SCRIPT[type].fallback}, { targetingKey: 'user-1' });`,
    ],
  },
  'Web or React': {
    tokenKind: 'client',
    install: 'npm install @sluice/openfeature @openfeature/web-sdk',
    note: 'The server evaluates, so that no rule leaves it. Whoever has the page can read a client token: it only asks.',
    lines: ({ url, token, flag, type }) => [
      "import { OpenFeature } from '@openfeature/web-sdk';",
      "import { SluiceWebProvider } from '@sluice/openfeature/web';",
      '',
      "await OpenFeature.setContext({ targetingKey: 'user-1' });",
      `await OpenFeature.setProviderAndWait(new SluiceWebProvider({ url: ${quoted(url)}, token: ${quoted(token)} }));`,
      `const value = OpenFeature.getClient().get${IN_SCRIPT[type].name}Value(${quoted(flag)}, ${IN_SCRIPT[type].fallback});`,
    ],
  },
  Python: {
    tokenKind: 'server',
    install: 'pip install openfeature-sdk openfeature-provider-ofrep',
    note: BY_SERVER,
    lines: ({ url, token, flag, type }) => [
      'from openfeature import api',
      'from openfeature.contrib.provider.ofrep import OFREPProvider',
      'from openfeature.evaluation_context import EvaluationContext',
      '',
      `headers = {"Authorization": ${quotedTwice(`Bearer ${token}`)}}`,
      `api.set_provider(OFREPProvider(base_url=${quotedTwice(url)}, headers_factory=lambda: headers))`,
      `print(api.get_client().get_${IN_PYTHON[type].name}_value(${quotedTwice(flag)}, ${IN_PYTHON[type].fallback}, EvaluationContext("user-1")))`,
    ],
  },
  Go: {
    tokenKind: 'server',
    install: 'go get github.com/open-feature/go-sdk github.com/open-feature/go-sdk-contrib/providers/ofrep',
    note: BY_SERVER,
    lines: ({ url, token, flag, type }) => [
      `provider := ofrep.NewProvider(${quotedTwice(url)}, ofrep.WithBearerToken(${quotedTwice(token)}))`,
      'openfeature.SetProviderAndWait(provider)',
      'client := openfeature.NewClient("app")',
      'user := openfeature.NewEvaluationContext("user-1", nil)',
      `value, _ := client.${IN_GO[type].name}Value(context.Background(), ${quotedTwice(flag)}, ${IN_GO[type].fallback}, user)`,
    ],
  },
  Java: {
    tokenKind: 'server',
    install: 'implementation "dev.openfeature:sdk", "dev.openfeature.contrib.providers:ofrep"',
    note: BY_SERVER,
    lines: ({ url, token, flag, type }) => [
      'var options = OfrepProviderOptions.builder()',
      `    .baseUrl(${quotedTwice(url)})`,
      `    .headers(ImmutableMap.of("Authorization", ImmutableList.of(${quotedTwice(`Bearer ${token}`)})))`,
      '    .build();',
      'OpenFeatureAPI.getInstance().setProviderAndWait(OfrepProvider.constructProvider(options));',
      'var client = OpenFeatureAPI.getInstance().getClient();',
      `var value = client.get${IN_JAVA[type].name}Value(${quotedTwice(flag)}, ${IN_JAVA[type].fallback}, new ImmutableContext("user-1"));`,
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
