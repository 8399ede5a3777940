/** The operator `in_cidr`: IPv4 and IPv6 addresses in networks. An IPv4-mapped IPv6 address is the IPv4 address that it maps. */
import ipaddr from 'ipaddr.js';
import type { ArgumentCheck, ValueTest } from './operator.ts';

/** 4 bytes or 16; networks hold only addresses of their own family. */
type Bytes = readonly number[];
interface Network {
  readonly bytes: Bytes;
  readonly prefix: number;
}

const MAPPED_PREFIX = 96;
/** The longest IPv6 address has 45 characters. */
const MAX_ADDRESS_LENGTH = 45;

export const networksProblem: ArgumentCheck = (argument) => {
  const networks = Array.isArray(argument) ? argument : [argument];
  return networks.length > 0 && networks.every((network) => networkOf(network) !== null)
    ? null
    : 'must be a network or a list of networks, such as "10.0.0.0/8", "2001:db8::/32" or one address';
};

export function networksTest(argument: string | readonly string[]): ValueTest {
  const networks = [argument].flat().flatMap((network) => networkOf(network) ?? []);
  return (value) => {
    const bytes = addressOf(value);
    return bytes !== null && networks.some((network) => contains(network, bytes));
  };
}

/** Bits beyond the prefix are passed over, as a router does. An address alone is the network of itself. */
function networkOf(text: unknown): Network | null {
  const [, address, length] = typeof text === 'string' ? (/^([^/]{1,45})(?:\/(\d{1,3}))?$/.exec(text) ?? []) : [];
  const written = bytesOf(address);
  if (written === null) return null;
  const prefix = length === undefined ? written.length * 8 : Number(length);
  if (prefix > written.length * 8 || length?.startsWith('0') === (length !== '0')) return null;
  const bytes = prefix >= MAPPED_PREFIX ? unmapped(written) : written;
  return { bytes, prefix: bytes === written ? prefix : prefix - MAPPED_PREFIX };
}

function addressOf(value: unknown): Bytes | null {
  const bytes = bytesOf(value);
  return bytes === null ? null : unmapped(bytes);
}

/** Only what is written in full: `127.1`, `0x7f000001` and `010.0.0.1` mean different addresses to different programs, and a zone (`%eth0`) is no part of an address. */
function bytesOf(value: unknown): Bytes | null {
  if (typeof value !== 'string' || value.length > MAX_ADDRESS_LENGTH) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return ipaddr.IPv4.parse(value).toByteArray();
  const isIPv6 = value.includes(':') && !value.includes('%') && ipaddr.IPv6.isValid(value);
  return isIPv6 ? ipaddr.IPv6.parse(value).toByteArray() : null;
}

function unmapped(bytes: Bytes): Bytes {
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
  return isMapped ? bytes.slice(12) : bytes;
}

function contains({ bytes, prefix }: Network, address: Bytes): boolean {
  if (bytes.length !== address.length) return false;
  const whole = prefix >> 3;
  for (let index = 0; index < whole; index++) if (bytes[index] !== address[index]) return false;
  const rest = prefix & 7;
  return rest === 0 || (((bytes[whole] ?? 0) ^ (address[whole] ?? 0)) & (0xff00 >> rest)) === 0;
}
