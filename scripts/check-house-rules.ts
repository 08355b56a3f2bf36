/* The rules of this repository that no linter knows. Each problem is one line: file, line, what is wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { minVersion, satisfies } from 'semver';
import ts from 'typescript';
import { trackedFiles } from './tracked-files.ts';

/** Kysely's drivers are classes, and are adapted by extending them. */
const classesAllowedIn = ['src/lib/errors.ts', 'src/db/sqlite.ts'];
const vagueNames = /^(utils?|helpers?|common|misc|shared)\.ts$/;

/** State that every user of a module shares: two servers could not run in one process. */
function moduleState(source: ts.SourceFile): Finding[] {
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const { flags, declarations } = statement.declarationList;
    if (!(flags & ts.NodeFlags.Const)) return [finding(source, statement, 'module-level state: `let` or `var`')];
    const empty = declarations.filter(({ initializer }) => initializer && isEmptyCollection(initializer));
    return empty.map((node) => finding(source, node, 'module-level state: a collection that only makes sense filled'));
  });
}

function isEmptyCollection(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0;
  if (!ts.isNewExpression(node)) return false;
  const collection = /^(Weak)?(Map|Set)$|^EventEmitter$/.test(node.expression.getText());
  return collection && (node.arguments?.length ?? 0) === 0;
}

function classes(source: ts.SourceFile): Finding[] {
  if (classesAllowedIn.includes(source.fileName)) return [];
  return source.statements
    .filter(ts.isClassDeclaration)
    .map((node) => finding(source, node, 'a class: write functions over plain data'));
}

function fileName(path: string): Finding[] {
  return vagueNames.test(basename(path)) ? [`${path}:1: the name says nothing: name the file for its main export`] : [];
}

/** Paths that mean something on this machine alone: the home, and what lies beside the checkout. */
function machinePaths(): RegExp {
  const parent = dirname(process.cwd());
  const beside = readdirSync(parent).map((name) => join(parent, name));
  const escaped = [homedir(), ...beside].map((path) => path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`(?<![\\w.~-])(${escaped.join('|')})(?=/)`);
}

function machineTraces(path: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const found = traces.exec(line)?.[1];
    return found ? [`${path}:${index + 1}: a path of this machine: ${found}`] : [];
  });
}

function lockFile(path: string, text: string): Finding[] {
  if (basename(path) !== 'package-lock.json') return [];
  const urls = text.match(/"resolved": "http/g)?.length ?? 0;
  const addresses =
    urls > 0 ? [`${path}:1: ${urls} addresses of a registry; run npm install with this folder's .npmrc`] : [];
  return [...addresses, ...tooNewForNode(path, text)];
}

/** Packages that want a newer Node than `engines` of this project promises; an override can hold them back. */
function tooNewForNode(path: string, text: string): Finding[] {
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { engines?: { node?: string } }> };
  const own = packages['']?.engines?.node;
  if (own === undefined) return [];
  const oldest = minVersion(own) ?? own;
  return Object.entries(packages)
    .filter(([, { engines }]) => typeof engines?.node === 'string' && !satisfies(oldest, engines.node))
    .map(([name, { engines }]) => `${path}:1: ${name} wants Node ${engines?.node}, and this project works with ${own}`);
}

type Finding = string;

function finding(source: ts.SourceFile, node: ts.Node, what: string): Finding {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return `${source.fileName}:${line + 1}: ${what}`;
}

function check(path: string): Finding[] {
  const text = readFileSync(path, 'utf8');
  const findings = [...machineTraces(path, text), ...lockFile(path, text), ...fileName(path)];
  if (!/^src\/.*\.ts$/.test(path) || path.endsWith('.test.ts')) return findings;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return [...findings, ...moduleState(source), ...classes(source)];
}

const traces = machinePaths();
const files = trackedFiles();
const findings = files.flatMap(check);
for (const line of findings) console.error(line);
console.log(`${files.length} files, ${findings.length} problems`);
process.exitCode = findings.length > 0 || files.length === 0 ? 1 : 0;
