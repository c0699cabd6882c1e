// What the compiler's syntax tree shows of one file: escapes from the type system, tests that do not run, exported names.
import ts from 'typescript';
import type { SourceFile } from './sources';

const SILENCED = /eslint-disable|@ts-(ignore|nocheck)/;
const NOT_RUN = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails']);
const TEST_WORDS = /^(test|it|describe|suite|bench|context|ctx)\b/;

/** `any`, silenced checks, and tests that do not run. */
export function codeProblems(source: SourceFile): string[] {
  const tree = parse(source);
  const problems = new Set<string>();
  const report = (position: number, what: string): void => {
    problems.add(`${source.path}:${tree.getLineAndCharacterOfPosition(position).line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) report(node.getStart(tree), 'any');
    if (isTestThatDoesNotRun(node, tree)) report(node.getStart(tree), node.getText(tree));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  // To find the comments of a file takes longer than all else, and most files have no such word at all.
  const comments = SILENCED.test(source.text) ? commentsOf(source) : [];
  for (const { pos, text } of comments) if (SILENCED.test(text)) report(pos, text);
  return [...problems];
}

/** Every comment of a file, with its position; none that only looks like one inside a string. */
export function commentsOf(source: SourceFile): { readonly pos: number; readonly text: string }[] {
  const tree = parse(source);
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of commentsAround(node, source.text)) found.set(pos, source.text.slice(pos, end));
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...found].map(([pos, text]) => ({ pos, text }));
}

function isTestThatDoesNotRun(node: ts.Node, tree: ts.SourceFile): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    NOT_RUN.has(node.name.text) &&
    TEST_WORDS.test(node.expression.getText(tree))
  );
}

function commentsAround(node: ts.Node, text: string): ts.CommentRange[] {
  return [
    ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
  ];
}

/** What a file imports: `import` and `export … from`, `import type` and `import()` included, and `require`. */
export function importsOf(source: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
}

function importedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (!ts.isCallExpression(node)) return undefined;
  const isImport =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === 'require');
  return isImport ? node.arguments[0] : undefined;
}

/** Every name that a file exports by a declaration of its own. */
export function exportedNames(source: SourceFile): string[] {
  return parse(source).statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return reexportedNames(statement);
    return isExported(statement) ? declaredNames(statement) : [];
  });
}

/** True for a declaration with `export` in front. */
export function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
}

/** The names that one statement declares. */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function reexportedNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined) return [];
  if (ts.isNamespaceExport(exportClause)) return [exportClause.name.text];
  return exportClause.elements.map((element) => element.name.text);
}

const TREES = new WeakMap<SourceFile, ts.SourceFile>();

/** The syntax tree of a file, made once for all the rules that look at it. */
export function parse(source: SourceFile): ts.SourceFile {
  const known = TREES.get(source);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  TREES.set(source, tree);
  return tree;
}
