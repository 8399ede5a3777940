/** What an operator allows beyond the public internet: an internal Prometheus, a webhook of their own. */
import { type Issue, SluiceError } from '@sluice/core';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './public-address.ts';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

interface Rule {
  /** A name in lower case; one that begins with a dot stands for all names below it. Null for a rule of addresses. */
  readonly name: string | null;
  readonly range: Range | null;
  /** Null allows every port. */
  readonly port: number | null;
}

export interface OutboundPolicy {
  readonly rules: readonly Rule[];
}

export interface Destination {
  /** In lower case, without the brackets of an IPv6 address and without a dot at its end. */
  readonly host: string;
  readonly port: number;
}

/** The name of the environment variable that the operator's list stands in. */
export const ALLOW_OUTBOUND = 'SLUICE_ALLOW_OUTBOUND';

const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
/** Names that exist only inside of a machine or a network. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/**
 * Names (`prometheus.internal`, `*.svc.cluster.local`), addresses and ranges (`10.1.2.3`, `10.0.0.0/8`, `fd00::/8`), apart by commas or spaces. A name
 * or an address may have a port (`127.0.0.1:9090`, `[::1]:9090`). An empty text allows nothing beyond the public internet.
 * @throws SluiceError `invalid` naming every entry that is none of these
 */
export function parseOutboundPolicy(text = ''): OutboundPolicy {
  const issues: Issue[] = [];
  const rules: Rule[] = [];
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  for (const [index, entry] of entries.entries()) {
    const rule = ruleOf(entry.toLowerCase());
    if (rule === null) issues.push({ path: `/${index}`, message: `"${entry}" is no host name, address or CIDR range` });
    else rules.push(rule);
  }
  if (issues.length === 0) return { rules };
  throw new SluiceError('invalid', `${ALLOW_OUTBOUND}: ${issues.map(({ message }) => message).join('; ')}`, { issues });
}

function ruleOf(entry: string): Rule | null {
  const range = rangeOf(entry);
  if (range !== null) return { name: null, range, port: null };
  const parts = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(entry)?.groups;
  const host = parts?.v6 ?? parts?.host ?? '';
  const port = parts?.port === undefined ? null : Number(parts.port);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const address = rangeOf(host);
  if (address !== null) return host.includes('/') ? null : { name: null, range: address, port };
  // What looks like a number is an address that was misspelt.
  if (!NAME.test(host) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)) return null;
  return { name: host.startsWith('*.') ? host.slice(1) : host, range: null, port };
}

function rangeOf(text: string): Range | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  if (!isAddress) return null;
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether a name that exists only in a private network is asked for without an operator's leave. */
export function isPrivateName(policy: OutboundPolicy, { host, port }: Destination): boolean {
  if (isNameAllowed(policy, { host, port }) || ipaddr.isValid(host)) return false;
  // Without a dot it is completed by the machine's own search domain.
  return PRIVATE_NAME.test(host) || !host.includes('.');
}

/** Whether a connection for this destination may go to `address`. */
export function permitsAddress(policy: OutboundPolicy, destination: Destination, address: string): boolean {
  if (isPublicAddress(address) || isNameAllowed(policy, destination)) return true;
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return policy.rules.some(({ range, port }) => {
    if (range === null || (port !== null && port !== destination.port)) return false;
    return range[0].kind() === parsed.kind() && parsed.match(range);
  });
}

function isNameAllowed(policy: OutboundPolicy, { host, port: asked }: Destination): boolean {
  return policy.rules.some(({ name, port }) => {
    if (name === null || (port !== null && port !== asked)) return false;
    return name.startsWith('.') ? host.endsWith(name) : host === name;
  });
}
