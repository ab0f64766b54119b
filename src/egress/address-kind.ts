import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * What an address leads to: `public` to the internet, `private` to this machine or its own network, `never` to what nobody has to reach
 * from a sandbox: metadata services, link-local, multicast, reserved ranges, and whatever is no address.
 */
export type AddressKind = "public" | "private" | "never";

/** IANA IPv4 special-purpose address registry (RFC 6890), and what clouds keep beside it. */
const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const neverRanges = [
  "0.0.0.0/8",
  // Alibaba's and Azure's metadata and host services, in ranges that are otherwise private or public.
  "100.100.100.200/32",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Global unicast, and NAT64 (RFC 6052), where the IPv4 address within decides. What is in neither list of IPv6, such as `::ffff:10.0.0.1`, is never reached. */
const publicRanges6 = ["2000::/3", "64:ff9b::/96"];
const privateRanges6 = ["::1/128", "fc00::/7"];
/** RFC 6890 for IPv6: Teredo and the rest of 2001::/23, documentation, 6to4, which hides an IPv4 address; and the metadata service of AWS. */
const neverRanges6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "fd00:ec2::/32"];
const nat64 = "64:ff9b::";

const never = listOf([...neverRanges, ...neverRanges6, ...neverRanges.map(inNat64)]);
const privates = listOf([...privateRanges, ...privateRanges6, ...privateRanges.map(inNat64)]);
const known6 = listOf([...publicRanges6, ...privateRanges6]);

/** @param own addresses of this machine: what it serves there may be shielded against the internet, but not against itself */
export function addressKind(address: string, own: ReadonlySet<string> = new Set()): AddressKind {
  const family = isIP(address);
  // A zone (`fe80::1%eth0`) names an interface; nothing public has one.
  if (family === 0 || address.includes("%")) return "never";
  const type = family === 4 ? "ipv4" : "ipv6";
  if (never.check(address, type) || (family === 6 && !known6.check(address, type))) return "never";
  return privates.check(address, type) || own.has(address) ? "private" : "public";
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), isIPv4(network) ? "ipv4" : "ipv6");
  }
  return list;
}

function inNat64(range: string): string {
  const [network, bits] = range.split("/");
  return `${nat64}${network}/${96 + Number(bits)}`;
}
