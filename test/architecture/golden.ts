// Golden files under test/cases that no test reads: a test names each file, or a folder that holds it, in a string.
import ts from 'typescript';
import { parse } from './code';
import type { SourceFile } from './sources';

/** `cases` are paths below test/cases; `tests` are the files that may read them. */
export function unreadCases(cases: readonly string[], tests: readonly SourceFile[]): string[] {
  const named = new Set(tests.flatMap(namedCases));
  return cases.filter((path) => {
    const folders = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
    return !folders.some((folder) => named.has(folder));
  });
}

/** What follows `cases/` in the strings of a test; neighbouring arguments, as in `join(__dirname, 'cases', 'x')`, make one path. */
function namedCases(source: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const said = ts.isCallExpression(node) ? joined(node.arguments) : literalText(node);
    const match = /(?:^|\/)cases\/(.+?)\/*$/.exec(said ?? '');
    if (match?.[1] !== undefined) found.push(match[1]);
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
}

function joined(nodes: ts.NodeArray<ts.Expression>): string {
  return nodes
    .map(literalText)
    .filter((text) => text !== undefined)
    .join('/');
}

/** Of a template only what stands before its first `${`, without a file name that is cut there. */
function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text.replace(/\/[^/]*$/, '') : undefined;
}
