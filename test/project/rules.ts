// The rules that every file of this repository keeps, each as a function from a text to what is wrong with it.

const DOCUMENTATION_ACCOUNTS = new Set([
  '111122223333',
  '444455556666',
  '123456789012',
  '777788889999',
  '210987654321',
  '012345678901',
]);

/** Twelve digits on their own; not the last group of a UUID, nor part of a longer word. */
const TWELVE_DIGITS = /(?<![0-9a-z])(?<!\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)\d{12}(?![0-9a-z])/gi;

/** Account ids that could be somebody's: AWS's documentation uses a few, and nobody has one digit twelve times. */
export function foreignAccountIds(text: string): string[] {
  return [...text.matchAll(TWELVE_DIGITS)]
    .map(([id]) => id)
    .filter((id) => !DOCUMENTATION_ACCOUNTS.has(id) && !/^(\d)\1*$/.test(id));
}

// Written in parts, so that this file keeps the rule itself.
const HOMES = ['work', 'farm', 'root', 'home/[a-z]\\w*', 'Users/[a-z]\\w*'].join('|');
const MACHINE_PATH = new RegExp(`(?<![\\w.*)-])/(?:${HOMES})/[\\w.-]+`, 'gi');
const REGISTRIES = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['npm', 'pkg', 'github'],
  ['repo1?', 'maven'],
  ['pypi', 'org'],
  ['pythonhosted', 'org'],
  ['proxy', 'golang'],
  ['crates', 'io'],
].map((parts) => parts.join('[.]'));
const REGISTRY_HOST = new RegExp(`\\b(?:${REGISTRIES.join('|')})\\b[\\w.]*`, 'gi');

/** Paths of the machine that somebody worked on, and hosts that packages came from. */
export function machineTraces(text: string): string[] {
  return [...text.matchAll(MACHINE_PATH), ...text.matchAll(REGISTRY_HOST)].map(([found]) => found);
}

/** What a file opens with, when that is no sentence on what it owns. */
export function missingOpening(path: string, text: string): string | null {
  // What a query file must say in front is the catalogue's to check.
  if (text.startsWith('-- id: ')) return null;
  const mark = path.endsWith('.sql') ? '--' : /\.(ts|mjs|cjs)$/.test(path) ? '//' : '#';
  const [first = '', second = ''] = text.split('\n');
  const opening = first.startsWith('#!') ? second : first;
  const says =
    opening.startsWith(`${mark} `) && opening.length > 20 && !/^\S+ (@ts-|biome-ignore)/.test(opening);
  return says ? null : `${path}: ${opening}`;
}

const SWITCHED_OFF = [
  /\b(?:it|test|describe|bench)\.(?:\w+\.)*(?:skip|only|todo|fails|skipIf|runIf)\b/g,
  /\bx(?:it|test|describe)\s*\(/g,
  /\b(?:ctx|context|task)\.skip\s*\(/g,
  /\{\s*(?:skip|only|todo|fails)\s*:/g,
];

/** Tests that do not run, or that pass by failing. */
export function switchedOffTests(text: string): string[] {
  return SWITCHED_OFF.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

/** Doubles of modules, ours or a library's: a double stands in for a port only. */
export function mockedModules(text: string): string[] {
  return [...text.matchAll(/\bvi\.(?:mock|doMock|hoisted)\s*\(/g)].map(([found]) => found);
}
