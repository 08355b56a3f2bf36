/*
 * Extracts what the fake GitHub serves from GitHub's published description into a small fixture:
 *
 *   npm install --prefix <some folder outside> @octokit/openapi
 *   npx tsx scripts/extract-github-schema.ts <some folder>/node_modules/@octokit/openapi
 *
 * The package (MIT) takes 394 MB, which is why it is no dependency of this repository.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const routes = [
  'GET /app',
  'GET /app/hook/config',
  'GET /app/hook/deliveries',
  'GET /app/installations',
  'POST /app/installations/{installation_id}/access_tokens',
  'POST /app-manifests/{code}/conversions',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/contents/{path}',
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
  'GET /repos/{owner}/{repo}/hooks',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals',
  'POST /repos/{owner}/{repo}/statuses/{sha}',
  'GET /user',
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Described = { readonly [key: string]: Json };
type Content = Readonly<Record<string, { readonly schema?: Json; readonly examples?: Described }>>;
type Operation = {
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
type Description = {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Described>>;
};

const wordsForPeople = ['example', 'examples', 'externalDocs', 'x-github', 'x-octokit'];

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: extract-github-schema.ts <folder of @octokit/openapi>');
const description = JSON.parse(readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8')) as Description;
const target = join(import.meta.dirname, '../test/fakes/github/fixtures/github-description.json');

const operations = Object.fromEntries(routes.map((route) => [route, operationOf(route)]));
const schemas = reachable('schemas', JSON.stringify(operations));
const extract = { source: '@octokit/openapi', version: description.info.version, licence: 'MIT', operations, schemas };
writeFileSync(target, `${JSON.stringify(extract, null, 1)}\n`);
console.log(`wrote ${routes.length} operations and ${Object.keys(schemas).length} schemas of ${extract.version}`);

function operationOf(route: string) {
  const [method = '', path = ''] = route.split(' ');
  const operation = description.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the description has no ${route}`);
  const content = ([status, { content: of }]: readonly [string, { readonly content?: Content }]) => {
    const json = of?.['application/json'];
    return [status, { schema: bare(json?.schema ?? null), example: exampleOf(json?.examples) }] as const;
  };
  const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  return {
    parameters: (operation.parameters ?? []).map((parameter) => bare(resolved(parameter))),
    body: bare(operation.requestBody?.content['application/json']?.schema ?? null),
    replies: Object.fromEntries(successes.map(content)),
  };
}

function exampleOf(examples: Described | undefined): Json {
  const [first] = Object.values(examples ?? {});
  const example = first === undefined ? null : resolved(first);
  return (example as { readonly value?: Json } | null)?.value ?? null;
}

function resolved(value: Json): Json {
  const pointer = (value as { readonly $ref?: string } | null)?.$ref;
  if (pointer === undefined) return value;
  const [, , kind = '', name = ''] = pointer.split('/');
  return description.components[kind]?.[name] ?? null;
}

/** Every schema that is named there, and in those that are. */
function reachable(kind: string, text: string): Described {
  const found: Record<string, Json> = {};
  const open = namesIn(text);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (Object.hasOwn(found, name)) continue;
    found[name] = bare(description.components[kind]?.[name] ?? null);
    open.push(...namesIn(JSON.stringify(found[name])));
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a.localeCompare(b)));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/#\/components\/schemas\/([\w-]+)/g)].map(([, name]) => name ?? '');
}

/** Without the words for people, which are most of it. A property may be named `title`: that is an object. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const isWords = ([key, inner]: readonly [string, Json]) =>
    wordsForPeople.includes(key) || (typeof inner === 'string' && ['description', 'title'].includes(key));
  const entries = Object.entries(value as Described);
  return Object.fromEntries(entries.filter((entry) => !isWords(entry)).map(([key, inner]) => [key, bare(inner)]));
}
