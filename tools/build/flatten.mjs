// SPDX-License-Identifier: MIT
// A build step for bundles that hold one client: every record whose type is marked `@single` becomes
// variables of the module (`session.room` → `$Session_room`), and is no longer passed around.
// Functions marked `@inline` are put in place of their calls. Measured on Espruino, that is fewer
// octets, fewer variables and faster: a look-up of a field costs more than one of a variable.

import { resolve } from "node:path";
import ts from "typescript";

/**
 * In front of the names of the variables that records became, which are declared last: esbuild would
 * take a bare name for a global, and rename what has it. Functions that an inlined one calls are
 * imported under such a name.
 */
export const FREE = "$free_";

const tagged = (declaration, tag) =>
  declaration !== undefined && ts.getJSDocTags(declaration).some((t) => t.tagName.text === tag);

/**
 * Compiles the files a tsconfig reaches and flattens them.
 * @param {string} configPath a tsconfig.json
 * @param {string[]} entries root files
 * @returns {{ outputs: Map<string, string>, variables: string[], constants: Set<string>,
 *   passed: Set<string>, apart: Map<string, string> }} JavaScript by source path, the names of the variables that have to be
 *   declared around it, those among them that are assigned once, at the top level, and the names of
 *   functions marked `@passed`, and of those marked `@apart` with the files they are in
 */
export function flatten(configPath, entries) {
  const config = ts.getParsedCommandLineOfConfigFile(configPath, {}, ts.sys);
  const program = ts.createProgram(entries, {
    ...config.options,
    noEmit: false,
    declaration: false,
    removeComments: true,
    target: ts.ScriptTarget.ES2015,
  });
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) {
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => process.cwd(),
        getNewLine: () => "\n",
      }),
    );
  }
  const variables = new Set();
  const constants = new Set();
  const passed = new Set();
  const apart = new Map();
  const outputs = new Map();
  program.emit(
    undefined,
    (name, text, _mark, _error, sources) => {
      for (const source of sources ?? []) outputs.set(resolve(source.fileName), text);
    },
    undefined,
    false,
    {
      before: [
        (context) => (file) =>
          new Flattener(program, context, variables, constants, passed, apart).file(file),
      ],
    },
  );
  return { outputs, variables: [...variables], constants, passed, apart };
}

/**
 * The same for a source that is the whole of a bundle, as TypeScript: for back ends that need its types.
 * @param {ts.Program} program
 * @param {ts.SourceFile} source
 * @returns {string} with the variables declared in front; their names begin with `One_`
 */
export function flattenSource(program, source) {
  const types = new Map();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    for (const { name, type } of statement.members) {
      if (type) types.set(`$${statement.name.text}_${name.text}`, type.getText(source));
    }
  }
  const variables = new Set();
  const constants = new Set();
  const { transformed } = ts.transform(source, [
    (context) => (file) => {
      const flattener = new Flattener(program, context, variables, constants, new Set(), new Map());
      // Methods of a Lua record have `self`, functions have not.
      flattener.eta = () => undefined;
      return flattener.file(file);
    },
  ]);
  let text = ts.createPrinter().printFile(transformed[0]).replaceAll(FREE, "");
  // A function in a record goes by its own name.
  for (const name of constants) {
    const found = new RegExp(`^\\${name} = (\\w+);\n`, "m").exec(text);
    if (!found || !text.includes(`function ${found[1]}(`)) continue;
    text = text.replace(found[0], "").replaceAll(new RegExp(`\\${name}\\b`, "g"), found[1]);
    variables.delete(name);
  }
  const declared = [...variables].map((name) => `let ${name}: ${types.get(name) ?? "any"};\n`);
  return (declared.join("") + text).replace(/\$(?=\w+_\w)/g, "One_");
}

class Flattener {
  constructor(program, context, variables, constants, passed, apart) {
    this.checker = program.getTypeChecker();
    this.context = context;
    this.factory = context.factory;
    this.variables = variables;
    this.constants = constants;
    this.passed = passed;
    this.apart = apart;
    this.visit = this.visit.bind(this);
  }

  file(file) {
    const f = this.factory;
    this.borrowed = new Map();
    const result = ts.visitEachChild(file, this.visit, this.context);
    if (this.borrowed.size < 1) return result;
    const imports = [...this.borrowed].map(([name, path]) =>
      f.createImportDeclaration(
        undefined,
        f.createImportClause(
          undefined,
          undefined,
          f.createNamedImports([
            f.createImportSpecifier(
              false,
              f.createIdentifier(name),
              f.createIdentifier(FREE + name),
            ),
          ]),
        ),
        f.createStringLiteral(resolve(path)),
      ),
    );
    return f.updateSourceFile(result, [...imports, ...result.statements]);
  }

  /** The name of the single record type of a node, or undefined. */
  single(node) {
    let type;
    try {
      type = this.checker.getTypeAtLocation(node);
    } catch {
      return undefined;
    }
    return this.singleType(type);
  }

  singleType(type) {
    if (type === undefined) return undefined;
    if (type.flags & ts.TypeFlags.TypeParameter) type = type.getConstraint() ?? type;
    const symbol = type.aliasSymbol ?? type.symbol;
    const declaration = symbol?.declarations?.find(ts.isInterfaceDeclaration);
    if (declaration === undefined) return undefined;
    if (tagged(declaration, "single")) return symbol.name;
    const bases = this.checker.getBaseTypes(type);
    return bases?.some((base) => this.singleType(base)) ? symbol.name : undefined;
  }

  variable(type, field) {
    const name = `$${type}_${field}`;
    this.variables.add(name);
    return this.factory.createIdentifier(FREE + name);
  }

  visit(node) {
    const f = this.factory;
    const next = (n) => ts.visitEachChild(n, this.visit, this.context);

    if (ts.isPropertyAccessExpression(node)) {
      const type = this.single(node.expression);
      if (type !== undefined) return this.variable(type, node.name.text);
    }
    if (ts.isExpressionStatement(node) && ts.isBinaryExpression(node.expression)) {
      const { left, right } = node.expression;
      if (this.single(left) !== undefined || this.single(right) !== undefined) return undefined;
    }
    if (ts.isFunctionDeclaration(node)) {
      if (tagged(node, "passed")) this.passed.add(node.name.text);
      if (tagged(node, "apart"))
        this.apart.set(node.name.text, resolve(node.getSourceFile().fileName));
    }
    if (ts.isVariableStatement(node)) {
      const kept = [];
      const loose = [];
      for (const d of node.declarationList.declarations) {
        if (this.single(d.name) === undefined) kept.push(next(d));
        else if (
          ts.isSourceFile(node.parent) &&
          d.initializer &&
          ts.isObjectLiteralExpression(d.initializer)
        ) {
          loose.push(...this.constantsOf(this.single(d.name), d.initializer));
          // Whoever imports the record still finds the name.
          if (node.modifiers) {
            const none = f.createVariableDeclaration(
              d.name,
              undefined,
              undefined,
              f.createNumericLiteral(0),
            );
            loose.push(f.createVariableStatement(node.modifiers, [none]));
          }
        } else if (d.initializer !== undefined && this.acts(d.initializer)) {
          loose.push(...this.statements(ts.visitNode(d.initializer, this.visit)));
        }
      }
      const statements = [...loose];
      if (kept.length > 0) {
        statements.push(
          f.updateVariableStatement(
            node,
            node.modifiers?.filter((m) => m.kind !== ts.SyntaxKind.DeclareKeyword),
            f.updateVariableDeclarationList(node.declarationList, kept),
          ),
        );
      }
      return statements;
    }
    if (ts.isParameter(node)) {
      if (node.name.getText() !== "this" && this.single(node.name) !== undefined) return undefined;
    }
    if (ts.isCallExpression(node)) {
      const inlined = this.inline(node);
      if (inlined !== undefined) return inlined;
      const args = node.arguments.filter((a) => this.single(a) === undefined || this.acts(a));
      return f.updateCallExpression(
        node,
        ts.visitNode(node.expression, this.visit),
        undefined,
        args.map((a) => ts.visitNode(a, this.visit)),
      );
    }
    if (ts.isObjectLiteralExpression(node)) {
      const contextual = this.checker.getContextualType(node);
      const type = contextual && this.singleType(contextual);
      if (type !== undefined) return this.literal(type, node);
    }
    if (ts.isPropertyAssignment(node) && this.single(node.initializer) !== undefined) {
      if (!this.acts(node.initializer)) return undefined;
    }
    if (ts.isArrowFunction(node)) {
      const same = this.eta(node);
      if (same !== undefined) return same;
    }
    if (
      ts.isReturnStatement(node) &&
      node.expression &&
      this.single(node.expression) !== undefined
    ) {
      return this.acts(node.expression)
        ? f.createExpressionStatement(ts.visitNode(node.expression, this.visit))
        : f.createReturnStatement();
    }
    return next(node);
  }

  /**
   * A record of the module: its fields are constants. Written as assignments, which esbuild keeps
   * although nothing it knows uses them; the back end makes them declarations.
   */
  constantsOf(type, node) {
    const f = this.factory;
    return node.properties.map((property) => {
      const name = `$${type}_${property.name.getText()}`;
      this.constants.add(name);
      return f.createExpressionStatement(
        f.createAssignment(
          f.createIdentifier(FREE + name),
          ts.visitNode(property.initializer, this.visit),
        ),
      );
    });
  }

  /** An expression as statements, one for each part of it between commas. */
  statements(node) {
    return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken
      ? [...this.statements(node.left), ...this.statements(node.right)]
      : [this.factory.createExpressionStatement(node)];
  }

  /** Whether evaluating an expression of a single type does anything. */
  acts(node) {
    return ts.isCallExpression(node) || ts.isObjectLiteralExpression(node);
  }

  /** A record made: its fields are assigned, equal constants in one chain. */
  literal(type, node) {
    const f = this.factory;
    const parts = [];
    const constants = new Map();
    for (const property of node.properties) {
      if (!ts.isPropertyAssignment(property)) {
        throw new Error(`${property.getText()}: write \`name: value\` in a record that is @single`);
      }
      const value = property.initializer;
      if (
        this.single(value) !== undefined ||
        this.singleType(this.checker.getContextualType(value))
      ) {
        if (this.acts(value)) parts.push(ts.visitNode(value, this.visit));
        continue;
      }
      const target = this.variable(type, property.name.getText());
      const constant = this.constant(value);
      if (constant !== undefined) {
        constants.set(constant, [...(constants.get(constant) ?? []), [target, value]]);
      } else parts.push(f.createAssignment(target, ts.visitNode(value, this.visit)));
    }
    for (const same of constants.values()) {
      let chain = ts.visitNode(same[0][1], this.visit);
      for (const [target] of same) chain = f.createAssignment(target, chain);
      parts.push(chain);
    }
    if (parts.length === 0) return f.createVoidZero();
    return parts.reduce((a, b) => f.createComma(a, b));
  }

  /** A text that is equal for equal constants, or undefined where the value is none. */
  constant(node) {
    if (ts.isNumericLiteral(node) || ts.isStringLiteral(node)) return node.getText();
    if (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand))
      return node.getText();
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
      return node.getText();
    }
    if (ts.isIdentifier(node) && node.text === "undefined") return "undefined";
    const value = ts.isPropertyAccessExpression(node) && this.checker.getConstantValue(node);
    return typeof value === "number" ? `enum ${value}` : undefined;
  }

  /** `(a, b) => f(record, a, b)` is `f` once the record is gone. */
  eta(node) {
    const call = node.body;
    if (!ts.isCallExpression(call)) return undefined;
    const callee = call.expression;
    const isField = ts.isPropertyAccessExpression(callee) && this.single(callee.expression);
    if (!ts.isIdentifier(callee) && !isField) return undefined;
    const args = call.arguments.filter((a) => this.single(a) === undefined);
    if (args.length !== node.parameters.length) return undefined;
    const bare = (a) => (ts.isAsExpression(a) ? a.expression : a).getText();
    const same = args.every((a, i) => bare(a) === node.parameters[i].name.getText());
    return same ? ts.visitNode(callee, this.visit) : undefined;
  }

  /** A call of an `@inline` function: its returned expression, or its only statement's. */
  inline(node, visit = this.visit) {
    if (!ts.isIdentifier(node.expression)) return undefined;
    let symbol = this.checker.getSymbolAtLocation(node.expression);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias)
      symbol = this.checker.getAliasedSymbol(symbol);
    const declaration = symbol?.valueDeclaration;
    if (!declaration || !ts.isFunctionDeclaration(declaration)) return undefined;
    if (!tagged(declaration, "inline")) return undefined;
    const statement = declaration.body.statements[0];
    const values = new Map();
    declaration.parameters.forEach((p, i) => {
      const arg = node.arguments[i];
      values.set(
        this.checker.getSymbolAtLocation(p.name),
        arg ? ts.visitNode(arg, visit) : undefined,
      );
    });
    const replace = (n) => {
      // A literal is printed from its own file's text: one taken from another file is made anew.
      if (ts.isNumericLiteral(n)) return this.factory.createNumericLiteral(n.text);
      if (ts.isStringLiteral(n)) return this.factory.createStringLiteral(n.text);
      if (n.kind === ts.SyntaxKind.RegularExpressionLiteral) {
        return this.factory.createRegularExpressionLiteral(n.text);
      }
      if (ts.isIdentifier(n) && values.has(this.checker.getSymbolAtLocation(n))) {
        const value = values.get(this.checker.getSymbolAtLocation(n));
        return this.simple(value) ? value : this.factory.createParenthesizedExpression(value);
      }
      if (ts.isPropertyAccessExpression(n) || ts.isCallExpression(n)) {
        const type = ts.isPropertyAccessExpression(n) && this.single(n.expression);
        if (type) return this.visit(n);
        if (ts.isCallExpression(n)) {
          // What it is given is in terms of this function's parameters.
          const deeper = this.inline(n, replace);
          if (deeper !== undefined) return deeper;
          return this.factory.updateCallExpression(
            n,
            replace(n.expression),
            undefined,
            n.arguments.filter((a) => this.single(a) === undefined).map(replace),
          );
        }
      }
      const home = ts.isIdentifier(n) && this.homeOf(n);
      if (home && home !== node.getSourceFile()) {
        // Where it is put, the function is not imported yet.
        this.borrowed.set(n.text, home.fileName);
        return this.factory.createIdentifier(FREE + n.text);
      }
      return ts.visitEachChild(n, replace, this.context);
    };
    const expression = ts.visitNode(statement.expression, replace);
    return this.factory.createParenthesizedExpression(expression);
  }

  /** The file of the function at the top level that an identifier names, or undefined. */
  homeOf(node) {
    let symbol = this.checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias)
      symbol = this.checker.getAliasedSymbol(symbol);
    const declaration = symbol?.valueDeclaration;
    const file = declaration?.getSourceFile();
    const isOurs =
      declaration !== undefined &&
      ts.isFunctionDeclaration(declaration) &&
      ts.isSourceFile(declaration.parent) &&
      !file.isDeclarationFile;
    return isOurs ? file : undefined;
  }

  simple(node) {
    return ts.isIdentifier(node) || ts.isNumericLiteral(node) || ts.isStringLiteral(node);
  }
}
