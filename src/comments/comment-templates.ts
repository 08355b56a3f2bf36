import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Definition,
  execute,
  type GoFunction,
  type GoValue,
  parseTemplate,
  templateFunctions,
} from '../go-template/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** What a template finds in its dot, and the parts of our own comment that it may call by name. */
export type TemplateData = {
  readonly fields: { readonly [field: string]: GoValue };
  readonly parts: { readonly [name: string]: () => string };
};

/** Templates of an operator that stand in for texts of ours. */
export type CommentTemplates = {
  has(name: string): boolean;
  /** Undefined where the template goes wrong on this data: the log says why, and people get our own text. */
  write(name: string, data: TemplateData): string | undefined;
};

/**
 * Reads the templates in a folder: every `*.tmpl`, in the language of https://pkg.go.dev/text/template, where each
 * `define` stands in for the text of ours that has the name. Null when there are none. Throws `option_invalid`, which names
 * the file and the line that cannot be understood.
 */
export function openCommentTemplates(deps: { readonly log: Log }, dir: string): CommentTemplates | null {
  const functions = templateFunctions();
  const definitions = new Map<string, Definition>();
  for (const name of templateFiles(dir)) readInto(definitions, { dir, name, functions });
  if (definitions.size === 0) return null;
  return {
    has: (name) => definitions.has(name),
    write: (name, { fields, parts }) => {
      try {
        const builtIn = (part: string) => (Object.hasOwn(parts, part) ? parts[part]?.() : undefined);
        return execute({ definitions, functions, builtIn }, name, fields).trim();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        deps.log.error({ template: name, reason }, 'a template of --markdown-template-overrides-dir went wrong');
        return undefined;
      }
    },
  };
}

function templateFiles(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.tmpl'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw invalid(`reading ${dir}: ${(error as Error).message}`);
  }
}

type File = { readonly dir: string; readonly name: string; readonly functions: ReadonlyMap<string, GoFunction> };

function readInto(definitions: Map<string, Definition>, { dir, name, functions }: File): void {
  const path = join(dir, name);
  const parsed = parseTemplate(name, contentOf(path), new Set(functions.keys()));
  if ('reason' in parsed) throw invalid(`${path}:${parsed.line}: ${parsed.reason}`);
  for (const [defined, definition] of parsed) definitions.set(defined, definition);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`reading ${path}: ${(error as Error).message}`);
  }
}

function invalid(reason: string): PolderError {
  return new PolderError('option_invalid', `--markdown-template-overrides-dir: ${reason}`);
}
