// What a plain look at one file shows: its length, its first sentence, its name, and paths of somebody's machine.
import { exportedNames } from './code';
import type { SourceFile } from './sources';

const LONGEST_FILE = 300;

/** Words that say nothing of what a thing is. */
const EMPTY_WORDS = new Set(
  'util helper manager handler processor data info item object sync do perform misc common'.split(' '),
);

/** Phrases of a trade in which such a word does say something: Terraform's data sources, the longest common subsequence. */
const PHRASES = ['data source', 'longest common'];

export function lengthProblems({ path, text }: SourceFile): string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > LONGEST_FILE ? [`${path}: ${lines} lines, at most ${LONGEST_FILE}`] : [];
}

/** A file opens with one sentence in `//` lines: what it is and who uses it. A test's titles say that themselves. */
export function openingProblems({ path, text }: SourceFile): string[] {
  if (path.endsWith('.test.ts')) return [];
  const lines = text.replace(/^#!.*\n/, '').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('// '));
  const opening = lines.slice(0, end === -1 ? lines.length : end).map((line) => line.slice('// '.length));
  return /^\S.*\s.*[.:]$/.test(opening.join(' '))
    ? []
    : [`${path}: does not open with a sentence in // lines`];
}

/** Empty words in the name of a file, of its folders, and of what it exports. */
export function nameProblems(source: SourceFile): string[] {
  const inPath = emptyWordsOf(source.path.replaceAll('/', ' '));
  const inExports = /\.ts$/.test(source.path) ? exportedNames(source) : [];
  return [
    ...inPath.map((word) => `${source.path}: file name says "${word}"`),
    ...inExports.flatMap((name) =>
      emptyWordsOf(name).map((word) => `${source.path}: ${name} says "${word}"`),
    ),
  ];
}

function emptyWordsOf(name: string): string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .toLowerCase();
  const rest = PHRASES.reduce((text, phrase) => text.replaceAll(phrase, ''), words);
  return rest.split(' ').filter((word) => EMPTY_WORDS.has(word) || EMPTY_WORDS.has(word.replace(/s$/, '')));
}

/** Folders of the machines on which this was written. Root's own ~/.ssh is the default place of OpenSSH on a host. */
const MACHINE_PATH = /(?<![\w.~}/-])\/(?:work|tmp\/scratch|root(?!\/\.ssh\b)|home\/\w+)(?=\/)[\w./-]*/g;

/** Lab hosts have a root of their own, with root's home in it. */
const ON_LAB_HOSTS = /^lib\/lab\/.*: \/root\//;

export function machinePathProblems({ path, text }: SourceFile): string[] {
  return [...text.matchAll(MACHINE_PATH)]
    .map(([found]) => `${path}: ${found} exists on one machine only`)
    .filter((problem) => !ON_LAB_HOSTS.test(problem));
}
