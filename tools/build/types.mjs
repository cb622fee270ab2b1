// SPDX-License-Identifier: MIT
// One self-contained .d.ts an entry: TypeScript writes the declarations of every source file, and
// what the entry's exports reach is gathered into one. A tree of files would need import paths that
// only this repository's tsconfig knows, and would show users what is none of their business.

import { relative, resolve } from "node:path";
import ts from "typescript";

/**
 * @param {string} root the repository, with its tsconfig.json
 * @param {string[]} entries source files, relative to it
 * @returns {Map<string, string>} the declarations by entry
 */
export function declarations(root, entries) {
  const config = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, {}, ts.sys);
  const options = {
    ...config.options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
  };
  const program = ts.createProgram(
    entries.map((entry) => resolve(root, entry)),
    options,
  );
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, HOST));
  const files = new Map();
  program.emit(undefined, (_name, text, _mark, _error, sources) => {
    const path = resolve(sources[0].fileName);
    files.set(path, open(path, text, options));
  });
  return new Map(entries.map((entry) => [entry, gather(files, resolve(root, entry), root)]));
}

const HOST = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => "\n",
};

/** A file's declarations, what its imports stand for, and what it exports, each by local name. */
function open(path, text, options) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const file = { path, source, declared: new Map(), imported: new Map(), exported: new Map() };
  // A module of Node has no file; an entry whose types reach it fails in `trace`.
  const locate = ({ text }) =>
    ts.resolveModuleName(text, path, options, ts.sys).resolvedModule?.resolvedFileName ?? text;
  for (const node of source.statements) {
    if (ts.isImportDeclaration(node)) {
      for (const each of node.importClause?.namedBindings?.elements ?? []) {
        const name = (each.propertyName ?? each.name).text;
        file.imported.set(each.name.text, { path: locate(node.moduleSpecifier), name });
      }
    } else if (ts.isExportDeclaration(node)) {
      for (const each of node.exportClause?.elements ?? []) {
        const name = (each.propertyName ?? each.name).text;
        const from = node.moduleSpecifier && { path: locate(node.moduleSpecifier), name };
        file.exported.set(each.name.text, from ?? { path, name });
      }
    } else {
      const names = ts.isVariableStatement(node)
        ? node.declarationList.declarations.map((each) => each.name.text)
        : [node.name.text];
      const isExported = node.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
      for (const name of names) {
        file.declared.set(name, node);
        if (isExported) file.exported.set(name, { path, name });
      }
    }
  }
  return file;
}

/** Follows re-exports to the file that declares the name. */
function trace(files, { path, name }) {
  const file = files.get(path);
  if (file === undefined) throw new Error(`${path} is not part of the program`);
  if (file.declared.has(name)) return { path, name };
  const next = file.imported.get(name) ?? file.exported.get(name);
  if (next === undefined) throw new Error(`${path} does not declare ${name}`);
  return trace(files, next);
}

/** What the entry exports and all that it needs, as one module. */
function gather(files, entry, root) {
  const taken = new Map();
  const exports = [];
  function take(reference) {
    const { path, name } = trace(files, reference);
    const file = files.get(path);
    if (taken.has(name)) {
      if (taken.get(name).path === path) return name;
      throw new Error(`${name} is declared in ${path} and in ${taken.get(name).path}`);
    }
    const node = file.declared.get(name);
    taken.set(name, { path, node });
    visit(node);
    return name;

    function visit(child) {
      if (ts.isIdentifier(child) && isReference(child)) {
        if (file.imported.has(child.text)) {
          const used = take(file.imported.get(child.text));
          if (used !== child.text) throw new Error(`${path}: imports ${used} under another name`);
        } else if (file.declared.has(child.text)) take({ path, name: child.text });
      }
      ts.forEachChild(child, visit);
    }
  }
  for (const [as, reference] of files.get(entry).exported) {
    const name = take(reference);
    exports.push(name === as ? name : `${name} as ${as}`);
  }
  const parts = [...taken.values()]
    .sort((a, b) => order(a, b, entry))
    .map(({ node }) => print(node));
  return (
    `// SPDX-License-Identifier: MIT\n// Made from ${relative(root, entry)}.\n\n` +
    `${parts.join("\n\n")}\n\nexport { ${exports.sort().join(", ")} };\n`
  );
}

/** The entry's own declarations first, then file by file. */
function order(a, b, entry) {
  const rank = ({ path }) => (path === entry ? "" : path);
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.node.pos - b.node.pos;
}

/** Whether the identifier stands for a declaration, and is not the name of a member. */
function isReference(node) {
  const parent = node.parent;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent)) return true;
  return ts.isTypeQueryNode(parent);
}

/** A declaration with its comments, not exported where it stands. */
function print(node) {
  const text = node.getFullText().trim();
  const own = text.replace(/^export (?=(declare|interface|type|enum|function)\b)/m, "");
  // The bundle holds this enum as an object; a `const enum` would have none.
  return own.replace(/^declare const enum/m, "declare enum").replace(/^ +\* @single\n/m, "");
}
