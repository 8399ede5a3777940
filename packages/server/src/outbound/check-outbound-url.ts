/** Whether a URL may be called, and at which addresses: asked when it is saved, and again whenever it is used. */
import { lookup } from 'node:dns/promises';
import { SluiceError } from '@sluice/core';
import { ALLOW_OUTBOUND, type Destination, isPrivateName, type OutboundPolicy, permitsAddress } from './outbound-policy.ts';

/** All addresses of a host name, as texts; it rejects when there are none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

export interface CheckedDestination {
  readonly url: URL;
  /** Each of them permitted; none only where a host without an address is let pass. */
  readonly addresses: readonly string[];
}

const LONGEST_URL = 2048;

/** As the system resolves names, its hosts file included. */
export const resolveName: ResolveName = async (name) => {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

export interface CheckOptions {
  readonly resolve?: ResolveName;
  readonly path?: string;
  /** Told of a host that has no address now, which then is no fault: it is checked again when it is called. */
  readonly onUnresolved?: ((host: string) => void) | undefined;
}

/**
 * The URL, if this server may call it: http or https, without a user name, and at permitted addresses only. What it leads to may be another address
 * tomorrow, so this is for whoever saves it; a request is checked again and held to what was checked.
 * @throws SluiceError `invalid` at `path`, which says what would be right but not where a name leads
 */
export async function checkOutboundUrl(
  text: unknown,
  policy: OutboundPolicy,
  { resolve = resolveName, path = '/url', onUnresolved }: CheckOptions = {},
): Promise<URL> {
  const found = await checkedDestination(text, policy, resolve, onUnresolved);
  if (typeof found !== 'string') return found.url;
  throw new SluiceError('invalid', `${path} ${found}`, { issues: [{ path, message: found }] });
}

/** The destination, or what is wrong with it in words that follow its place. */
export async function checkedDestination(
  text: unknown,
  policy: OutboundPolicy,
  resolve: ResolveName,
  onUnresolved?: (host: string) => void,
): Promise<CheckedDestination | string> {
  const url = parsedUrl(text);
  if (typeof url === 'string') return url;
  const { host, port } = destinationOf(url);
  if (isPrivateName(policy, { host, port })) return notPermitted(host);
  const addresses = await addressesOf(url, host, resolve);
  if (addresses.length === 0 && onUnresolved !== undefined) onUnresolved(host);
  else if (addresses.length === 0) return `must name a host that exists; "${host}" cannot be resolved`;
  // One private address among public ones is enough to lead there.
  if (!addresses.every((address) => permitsAddress(policy, { host, port }, address))) return notPermitted(host);
  return { url, addresses };
}

function parsedUrl(text: unknown): URL | string {
  const isText = typeof text === 'string' && text.length <= LONGEST_URL;
  const url = isText && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return `must be an http or https address of at most ${LONGEST_URL} characters`;
  if (url.username !== '' || url.password !== '') return 'must have no user name or password in it';
  return url;
}

/** The parser has already made `0`, `0x7f.1` and the like into the addresses that they mean. */
function destinationOf(url: URL): Destination {
  const host = url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const standard = url.protocol === 'https:' ? 443 : 80;
  return { host, port: url.port === '' ? standard : Number(url.port) };
}

function isAddress(url: URL, host: string): boolean {
  return url.hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

async function addressesOf(url: URL, host: string, resolve: ResolveName): Promise<readonly string[]> {
  if (isAddress(url, host)) return [host];
  return resolve(host).catch(() => []);
}

function notPermitted(host: string): string {
  return `must not lead into a private network; "${host}" does, and only an operator can allow it (${ALLOW_OUTBOUND})`;
}
