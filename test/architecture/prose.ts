// What pages and comments promise to a reader: that the files they name exist, and that each error's text has its section.
import { posix } from 'node:path';
import { commentsOf } from './code';
import type { SourceFile } from './sources';

/** Links of a page, and pages named in comments, that lead nowhere. `exists` knows paths from the project's root. */
export function deadLinks(source: SourceFile, exists: (path: string) => boolean): string[] {
  const targets = source.path.endsWith('.md') ? linksOf(source) : pagesNamedIn(source);
  return targets
    .filter((target) => !leadsSomewhere(target, source, exists))
    .map((target) => `${source.path}: ${target} leads nowhere`);
}

function linksOf({ text }: SourceFile): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []);
}

function pagesNamedIn(source: SourceFile): string[] {
  const comments = source.text.includes('docs/') ? commentsOf(source).map(({ text }) => text) : [];
  return comments.flatMap((text) =>
    [...text.matchAll(/(?<![\w/])docs\/[\w./-]+\.(?:md|svg)/g)].map(([page]) => page),
  );
}

function leadsSomewhere(target: string, source: SourceFile, exists: (path: string) => boolean): boolean {
  const [file = '', heading] = target.split('#');
  const from = source.path.endsWith('.md') ? posix.dirname(source.path) : '.';
  if (file !== '') return exists(posix.join(from, file));
  return heading !== undefined && headingsOf(source.text).some((title) => toAnchor(title) === heading);
}

export function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].flatMap(([, title]) => title ?? []);
}

/** As GitHub makes them. */
function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The titles of errors, from the tables `…_TITLES` of a file, that are no heading of the page. */
export function unexplainedErrors({ text }: SourceFile, page: string): string[] {
  const tables = [...text.matchAll(/_TITLES\b[^=]*= \{([^}]*)\}/g)].map(([, table]) => table ?? '');
  const titles = tables.flatMap((table) =>
    [...table.matchAll(/: '([^']+)',/g)].flatMap(([, title]) => title ?? []),
  );
  const explained = headingsOf(page);
  return titles.filter((title) => !explained.includes(title));
}
