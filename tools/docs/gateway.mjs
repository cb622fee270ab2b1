// SPDX-License-Identifier: MIT
// The reference of the gateway's configuration in docs/gateway.md, from its schema.

import { readFileSync } from "node:fs";

const PATH = "gateway/config.schema.json";

/** A definition, with what stands beside the reference to it. */
function resolved(schema, { $ref, ...beside }) {
  if ($ref === undefined) return beside;
  return { ...schema.definitions[$ref.split("/").at(-1)], ...beside };
}

/** What a setting may be, in words. */
function kindOf({ type, enum: choices, minimum, maximum, const: only, anyOf }) {
  if (only !== undefined) return `\`${only}\``;
  if (choices) return choices.map((one) => `\`${one}\``).join(", ");
  if (anyOf) return "object or path";
  if (type === "integer") return `${minimum} to ${maximum}`;
  return { boolean: "true or false", string: "text", array: "list", object: "object" }[type];
}

function usualOf({ default: usual }) {
  const text = JSON.stringify(usual);
  return usual === undefined || text === "{}" || text === "[]" ? "" : `\`${text}\``;
}

/** A table of the settings of one object, and behind it those of the objects in it. */
function tableOf(schema, name, object) {
  const below = [];
  const rows = Object.entries(object.properties)
    .filter(([key]) => key !== "$schema")
    .map(([key, given]) => {
      const setting = resolved(schema, given);
      if (setting.properties) below.push([name ? `${name}.${key}` : key, setting]);
      const need = object.required?.includes(key) ? " (needed)" : "";
      const says = (setting.description ?? "").replaceAll("|", "\\|");
      return `| \`${key}\`${need} | ${kindOf(setting)} | ${usualOf(setting)} | ${says} |`;
    });
  const title = name ? `\`${name}\`: ${object.description ?? ""}\n\n` : "";
  const head = "| setting | what it may be | usual | what it does |\n| --- | --- | --- | --- |";
  return [
    `${title}${head}\n${rows.join("\n")}`,
    ...below.map(([where, one]) => tableOf(schema, where, one)),
  ].join("\n\n");
}

/** All settings. */
export function configTable() {
  const schema = JSON.parse(readFileSync(PATH, "utf8"));
  const { links, clients } = schema.properties;
  const kinds = links.items.oneOf.map((one) => resolved(schema, one));
  return [
    tableOf(schema, "", schema),
    ...kinds.map((one) => tableOf(schema, `links[], ${one.properties.type.const}`, one)),
    tableOf(schema, "clients[]", {
      ...resolved(schema, clients.items),
      description: clients.description,
    }),
  ].join("\n\n");
}
