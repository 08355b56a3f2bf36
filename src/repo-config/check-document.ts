import type { z } from 'zod';
import { nestedMessage } from './nested-message.ts';
import { readYaml, type YamlTree } from './read-yaml.ts';
import { isShapeMessage } from './schema-parts.ts';
import type { ConfigIssue } from './types.ts';
import { unknownKey } from './unknown-key.ts';
import { lineCounter, placeOf, plainValue, type YamlPath } from './yaml-tree.ts';

export type CheckedDocument<T> =
  | {
      readonly kind: 'ok';
      readonly data: T;
      /** The line, counted from 1, of what stands at this place. */
      readonly lineOf: (path: YamlPath) => number;
    }
  | InvalidDocument;

export type InvalidDocument = {
  readonly kind: 'invalid';
  /** `parsing <file>: …` with the issues, each with its line and key. */
  readonly message: string;
  /** The same as Atlantis words it in a comment, where it has words of its own for it; else `message` again. */
  readonly atlantisMessage: string;
  /** In the order of the file; the first few dozen, so that a file of mistakes costs no more than others. */
  readonly issues: readonly ConfigIssue[];
};

const maxIssues = 30;

/**
 * Reads a configuration file and checks it against its schema. Everything that is wrong is found in one go; it never
 * throws. `file` is what comes after `parsing`.
 */
export function checkDocument<S extends z.ZodType>(
  document: { readonly text: string; readonly file: string; readonly tree?: YamlTree },
  schema: S,
): CheckedDocument<z.output<S>> {
  const { text, file, tree = readYaml(text) } = document;
  const lineAt = lineCounter(text);
  const problems: Problem[] = tree.problems.map(({ at, path, message }) => ({ at, path, message: () => message }));
  if (tree.root === undefined) return invalid(file, problems, lineAt);
  const root = tree.root;
  const placeIn = (path: YamlPath) => placeOf(root, path);
  // An empty file lacks what an empty mapping lacks.
  const checked = schema.safeParse(plainValue(root) ?? {});
  if (!checked.success) problems.push(...valueProblems(checked.error, schema, placeIn));
  if (!checked.success || problems.length > 0) return invalid(file, problems, lineAt);
  return { kind: 'ok', data: checked.data, lineOf: (path) => lineAt(placeIn(path)) };
}

/** `parsing <file>: …`, one line for each issue when there are several, up to a few dozen of `total`. */
export function issuesMessage(file: string, issues: readonly ConfigIssue[], total = issues.length): string {
  const shown = issues.slice(0, maxIssues);
  const lines = shown.map((issue) => `line ${issue.line}: ${issue.key === '' ? '' : `${issue.key}: `}${issue.message}`);
  if (total > shown.length) lines.push(`and ${total - shown.length} more`);
  if (total > 1) lines.unshift(`${total} errors`);
  return `parsing ${file}: ${lines.join('\n')}`;
}

/** A document that can be read and says what it may not, with the issues in the order in which Atlantis looks. */
export function invalidContent(file: string, issues: readonly ConfigIssue[]): InvalidDocument {
  const inOrder = issues.toSorted((a, b) => a.line - b.line);
  return {
    kind: 'invalid',
    message: issuesMessage(file, inOrder),
    atlantisMessage: firstIssueMessage(file, issues),
    issues: inOrder.slice(0, maxIssues),
  };
}

/** `parsing <file>: …` as Atlantis tells what it finds once a file is read: the first thing, without its place. */
function firstIssueMessage(file: string, [first]: readonly ConfigIssue[]): string {
  return `parsing ${file}: ${first?.message ?? ''}`;
}

type Problem = {
  readonly at: number;
  readonly path: YamlPath;
  readonly message: () => string;
  /** It can be read, and breaks a rule of its key. Whatever cannot be read Atlantis leaves to its YAML library. */
  readonly isRule?: boolean;
};

function valueProblems(error: z.ZodError, schema: z.ZodType, placeIn: (path: YamlPath) => number): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code !== 'unrecognized_keys') {
      return [{ at: placeIn(path), path, message: () => issue.message, isRule: !isShapeMessage(issue.message) }];
    }
    return issue.keys.map((key) => ({
      at: placeIn([...path, key]),
      path: [...path, key],
      message: () => unknownKey(schema, path, key),
    }));
  });
}

function invalid(file: string, problems: readonly Problem[], lineAt: (offset: number) => number): InvalidDocument {
  const shown = problems.toSorted((a, b) => a.at - b.at).slice(0, maxIssues);
  const issues = shown.map(({ at, path, message }) => ({ line: lineAt(at), key: keyText(path), message: message() }));
  const message = issuesMessage(file, issues, problems.length);
  const isNested = shown.length === problems.length && problems.every(({ isRule }) => isRule);
  const nested = () => nestedMessage(problems.map((problem) => ({ path: problem.path, message: problem.message() })));
  return { kind: 'invalid', message, atlantisMessage: isNested ? `parsing ${file}: ${nested()}` : message, issues };
}

function keyText(path: YamlPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
