/** Which addresses a server may be told to call by whoever can save a URL: those of the public internet, and no others. */
import ipaddr from 'ipaddr.js';

/** All that is handed out of IPv6 so far; mapped, compatible and reserved spellings lie outside of it. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public by their numbers, and answered by the machine's own host: Azure's metadata and DNS. */
const HOST_SERVICES: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Whether `text` is an address of the public internet: not loopback, private, link-local, shared, multicast, reserved, nor one that carries another inside. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || HOST_SERVICES.has(address.toString())) return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}
