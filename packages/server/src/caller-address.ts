/** Where a request comes from, and by what a limit counts whoever has shown no token. */
import type { IncomingMessage } from 'node:http';
import { all as addressesOf } from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';

/** Whether a proxy's word is taken that so many hops stand before this one; false where no proxy is believed. */
export type TrustedHops = false | ((address: string, hop: number) => boolean);

/** Never `true` for all: that believes the leftmost address, which the caller writes. */
export function trustedHops(proxies: number): TrustedHops {
  return proxies > 0 && ((_address, hop) => hop < proxies);
}

/** As the framework finds it. */
export function sentFrom(request: IncomingMessage, trusted: TrustedHops): string | undefined {
  return trusted === false ? request.socket.remoteAddress : addressesOf(request, trusted).at(-1);
}

/** Bits of an IPv6 address that name a network; whoever has one has all of its 2^64 addresses (RFC 6177). */
const NETWORK_BITS = 64;

/** The address itself of IPv4, however it is spelt; of IPv6 its network, as `2001:db8:0:1::/64`. What is no address stands for itself. */
export function callerAddress(text: string): string {
  if (!ipaddr.isValid(text)) return text;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString().replace(/%.*/, '')}/${NETWORK_BITS}`)}/${NETWORK_BITS}`;
}
