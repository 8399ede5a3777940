/** What a client can unpack (RFC 9110, section 12.5.3). */
import { ENCODINGS, type Encoding } from './encoded-snapshot.ts';

/** The smallest of those that are accepted; `identity` also where the header refuses everything, for an answer is better than none. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding {
  const weights = new Map<string, number>();
  for (const entry of String(header ?? '')
    .toLowerCase()
    .split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  return ENCODINGS.find((encoding) => encoding !== 'identity' && weightOf(encoding) > 0) ?? 'identity';
}
