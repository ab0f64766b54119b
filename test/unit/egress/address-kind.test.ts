import { describe, expect, test } from "@jest/globals";
import { addressKind } from "../../../src/egress/address-kind.ts";

describe("an address", () => {
  test.each([
    [
      "to the internet",
      "public",
      ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.128.0.1"],
    ],
    ["to the internet by IPv6", "public", ["2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]],
    ["to the internet by NAT64", "public", ["64:ff9b::808:808", "64:ff9b::8.8.8.8"]],
    ["of this machine", "private", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"]],
    [
      "of a private network",
      "private",
      ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fd12::1", "fc00::1"],
    ],
    ["of a carrier's network", "private", ["100.64.0.1", "100.127.255.255"]],
    ["of a private network by NAT64", "private", ["64:ff9b::10.0.0.1", "64:ff9b::7f00:1"]],
    ["of a metadata service", "never", ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"]],
    ["of a metadata service by NAT64", "never", ["64:ff9b::a9fe:a9fe", "64:ff9b::169.254.169.254"]],
    ["of one link", "never", ["169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"]],
    ["of nobody", "never", ["0.0.0.0", "0.1.2.3", "::"]],
    ["of many", "never", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"]],
    [
      "that is reserved",
      "never",
      ["240.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.7", "2001:db8::1", "100::1", "4000::1"],
    ],
    [
      "that hides an IPv4 address",
      "never",
      ["::ffff:8.8.8.8", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "2002:7f00:1::", "2001::1"],
    ],
    ["of a local NAT64", "never", ["64:ff9b:1::10.0.0.1"]],
    ["that is none", "never", ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5", "1.2.3.4 ", "[::1]"]],
  ])("%s is %s", (_, kind, addresses) => {
    expect(addresses.map((address) => `${address} ${addressKind(address)}`)).toEqual(
      addresses.map((address) => `${address} ${kind}`),
    );
  });

  test("of this very machine is private, however public it looks", () => {
    expect(addressKind("8.8.8.8", new Set(["8.8.8.8"]))).toBe("private");
  });
});
