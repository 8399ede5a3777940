/** The flags of a program as a TypeScript declaration, for the library's declared flags. */

export interface DeclaredFlag {
  readonly name: string;
  readonly description: string;
  readonly variants: Readonly<Record<string, unknown>>;
  readonly isArchived: boolean;
}

/**
 * An interface whose members are the flags, each with the type of its values, and beside it the names of their variants. Texts stay literal where the variants
 * are named as their values, as the library takes it; so that a comparison with a value that no variant has does not compile.
 */
export function declarationOf(flags: readonly DeclaredFlag[], typeName: string): string {
  const live = flags.filter(({ isArchived }) => !isArchived).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '/** Written by `sluice generate types`: the flags as they are kept, for `createSluice` and the client. */',
    `export interface ${typeName} {`,
    ...live.flatMap(({ name, description, variants }) => [
      ...(description === '' ? [] : [`  /** ${commentable(description)} */`]),
      `  readonly ${propertyOf(name)}: ${union(Object.entries(variants).map(([variant, value]) => valueType(variant, value, variants)))};`,
    ]),
    '}',
    '',
    '/** The names of the variants of each flag. */',
    `export interface ${typeName}Variants {`,
    ...live.map(({ name, variants }) => `  readonly ${propertyOf(name)}: ${union(Object.keys(variants).map(literal))};`),
    '}',
    '',
  ].join('\n');
}

function valueType(variant: string, value: unknown, variants: DeclaredFlag['variants']): string {
  const areNames = Object.entries(variants).every(([name, text]) => name === text);
  return areNames ? literal(variant) : typeOf(value);
}

/** Of numbers and texts only the kind is kept: they are settings, not names. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (['string', 'number', 'boolean'].includes(typeof value)) return typeof value;
  if (Array.isArray(value)) {
    const items = union(value.map((item) => typeOf(item)));
    return value.length === 0 ? 'readonly unknown[]' : `readonly (${items})[]`;
  }
  const members = Object.entries(value as object).map(([key, part]) => `readonly ${propertyOf(key)}: ${typeOf(part)}`);
  return members.length === 0 ? 'object' : `{ ${members.join('; ')} }`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function propertyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** A description must not end the comment that it stands in. */
function commentable(description: string): string {
  return description.replace(/\s+/g, ' ').replaceAll('*/', '*\\/');
}
