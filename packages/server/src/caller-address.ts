/** By what a limit counts whoever has shown no token. */
import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that name a network; whoever has one has all of its 2^64 addresses (RFC 6177). */
const NETWORK_BITS = 64;

/** The address itself of IPv4, however it is spelt; of IPv6 its network, as `2001:db8:0:1::/64`. What is no address stands for itself. */
export function callerAddress(text: string): string {
  if (!ipaddr.isValid(text)) return text;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString().replace(/%.*/, '')}/${NETWORK_BITS}`)}/${NETWORK_BITS}`;
}
