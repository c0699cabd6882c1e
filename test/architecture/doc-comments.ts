// Exported things without a doc comment, in the folders of lib/ that hold to it.
import ts from 'typescript';
import { declaredNames, isExported, parse } from './code';
import type { SourceFile } from './sources';

/** Where every exported declaration is documented. A folder that gets there joins, and none leaves. */
const DOCUMENTED = [
  'lib/model/',
  'lib/syntax/',
  'lib/services/',
  'lib/constructs/',
  'lib/install/',
  'lib/ssh/',
  'lib/provider/',
  'lib/cli/',
  'lib/index.ts',
];

/** What is passed on by `export … from` is documented where it is declared. */
export function undocumentedExports(source: SourceFile): string[] {
  if (!DOCUMENTED.some((folder) => source.path.startsWith(folder))) return [];
  const documented = new Set<string>();
  const names = parse(source)
    .statements.filter(isExported)
    .flatMap((statement) => {
      const declared = declaredNames(statement);
      if (hasDocComment(statement)) for (const name of declared) documented.add(name);
      return declared;
    });
  return [...new Set(names)]
    .filter((name) => !documented.has(name))
    .map((name) => `${source.path}: ${name} has no doc comment`);
}

function hasDocComment(statement: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && doc.comment !== undefined);
}
