// SPDX-License-Identifier: MIT
// Who may do what at the embedded broker, by an access list in mosquitto's format: `topic` lines for
// everybody or, behind `user NAME`, for one user, `pattern` lines for all, with %u for the user's
// name and %c for the client identifier. What no line allows is not allowed; `deny` goes first.

const LINE = /^(topic|pattern)\s+(?:(read|write|readwrite|deny)\s+)?(\S.*)$/;

/** Reads a list: one rule a line. Throws where a line is none. */
export function readAccess(text) {
  const rules = [];
  let user;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const named = /^user\s+(\S.*)$/.exec(trimmed);
    const match = LINE.exec(trimmed);
    if (named) user = named[1];
    else if (match === null) throw new Error(`line ${at + 1} is neither user, topic nor pattern`);
    else {
      const [, kind, access = "readwrite", filter] = match;
      rules.push({ isPattern: kind === "pattern", user, access, levels: filter.split("/") });
    }
  }
  return rules;
}

/** Whether a topic name, of levels, is matched by a filter; wildcards leave out "$" [MQTT-4.7.2-1]. */
function matches(filter, topic) {
  if (topic[0].startsWith("$") && filter[0] !== topic[0]) return false;
  for (const [at, level] of filter.entries()) {
    if (level === "#") return true;
    if (at >= topic.length || (level !== "+" && level !== topic[at])) return false;
  }
  return filter.length === topic.length;
}

/** A name that is put into a filter must not be one. */
export const isName = (name) => typeof name === "string" && /^[^+#/\x00-\x1f]+$/.test(name);

/**
 * Whether a client may do that.
 * @param {ReturnType<typeof readAccess>} rules
 * @param {{ id: string, username?: string }} client
 * @param {"read" | "write"} what
 * @param {string} topic a topic name
 */
export function mayAccess(rules, client, what, topic) {
  const levels = topic.split("/");
  let allowed = false;
  for (const { isPattern, user, access, levels: filter } of rules) {
    if (!isPattern && user !== client.username) continue;
    if (isPattern && !(isName(client.id) && isName(client.username ?? "-"))) continue;
    const own = isPattern
      ? filter.map((level) =>
          level.replace(/%[cu]/g, (sign) =>
            sign === "%c" ? client.id : (client.username ?? "%u"),
          ),
        )
      : filter;
    if (!matches(own, levels)) continue;
    if (access === "deny") return false;
    if (access === "readwrite" || access === what) allowed = true;
  }
  return allowed;
}
