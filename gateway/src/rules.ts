// SPDX-License-Identifier: MIT
// Who may come: rules by client identifier, each with where such a client may come from, its login at
// the server, and topics agreed upon with it alone. The first rule that fits counts.

import { BlockList, isIP } from "node:net";
import type { Octets } from "#engine";
import type { Predefined } from "./topics.js";
import type { Peer } from "./world.js";

export interface ClientRule {
  /** A client identifier as octets; `*` stands for any octets. */
  id: Octets;
  username?: string | undefined;
  password?: string | undefined;
  /** Names of links, addresses, and networks such as "10.0.0.0/8"; undefined is everywhere. */
  from?: string[] | undefined;
  predefined?: Predefined | undefined;
}

export interface Rules {
  list: {
    rule: ClientRule;
    id: RegExp;
    links: Set<string>;
    nets: BlockList;
    isAnywhere: boolean;
  }[];
  /** Whether a client that no rule fits is refused. */
  onlyListed: boolean;
}

export function rulesOpen(rules: ClientRule[], onlyListed: boolean): Rules {
  const list = rules.map((rule) => {
    const nets = new BlockList();
    const links = new Set<string>();
    for (const from of rule.from ?? []) {
      const [address = "", bits] = from.split("/");
      const version = isIP(address);
      const family = version === 6 ? "ipv6" : "ipv4";
      if (version === 0) links.add(from);
      else if (bits === undefined) nets.addAddress(address, family);
      else nets.addSubnet(address, Number(bits), family);
    }
    const parts = rule.id.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
    return {
      rule,
      id: new RegExp(`^${parts.join("[^]*")}$`),
      links,
      nets,
      isAnywhere: rule.from === undefined,
    };
  });
  return { list, onlyListed };
}

/** The rule of a client; undefined where none is needed, null where it may not come. */
export function ruleFor(rules: Rules, clientId: Octets, peer: Peer): ClientRule | undefined | null {
  let isNamed = false;
  for (const { rule, id, links, nets, isAnywhere } of rules.list) {
    if (!id.test(clientId)) continue;
    if (isAnywhere || links.has(peer.link.name) || isIn(nets, peer.host)) return rule;
    isNamed = true;
  }
  // A client that is named may come from nowhere else, with or without a list.
  return isNamed || rules.onlyListed ? null : undefined;
}

function isIn(nets: BlockList, host: string): boolean {
  const version = isIP(host);
  return version > 0 && nets.check(host, version === 6 ? "ipv6" : "ipv4");
}
