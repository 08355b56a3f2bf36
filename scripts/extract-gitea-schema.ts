/*
 * Extracts what the fake Gitea serves from the published descriptions of Gitea and Forgejo into a small fixture:
 *
 *   npm install --prefix <some folder outside> gitea-js @llamaduck/forgejo-ts
 *   npx tsx scripts/extract-gitea-schema.ts <some folder>/node_modules
 *
 * Both packages (MIT) are generated from the Swagger file of their server, and hold all of it but for the statuses of
 * replies, which gitea-js leaves out. They are no dependencies of this repository: nothing of theirs runs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The names of operations are the same in both. */
const operations: Readonly<Record<string, string>> = {
  'GET /repos/{owner}/{repo}': 'RepoGet',
  'DELETE /repos/{owner}/{repo}/branches/{branch}': 'RepoDeleteBranch',
  'GET /repos/{owner}/{repo}/contents/{filepath}': 'RepoGetContents',
  'GET /repos/{owner}/{repo}/hooks': 'RepoListHooks',
  'PATCH /repos/{owner}/{repo}/issues/comments/{id}': 'IssueEditComment',
  'POST /repos/{owner}/{repo}/issues/comments/{id}/reactions': 'IssuePostCommentReaction',
  'GET /repos/{owner}/{repo}/issues/{index}/comments': 'IssueGetComments',
  'POST /repos/{owner}/{repo}/issues/{index}/comments': 'IssueCreateComment',
  'GET /repos/{owner}/{repo}/pulls/{index}': 'RepoGetPullRequest',
  'GET /repos/{owner}/{repo}/pulls/{index}/files': 'RepoGetPullRequestFiles',
  'POST /repos/{owner}/{repo}/pulls/{index}/merge': 'RepoMergePullRequest',
  'GET /repos/{owner}/{repo}/pulls/{index}/reviews': 'RepoListPullReviews',
  'POST /repos/{owner}/{repo}/pulls/{index}/reviews/{id}/dismissals': 'RepoDismissPullReview',
  'POST /repos/{owner}/{repo}/statuses/{sha}': 'RepoCreateStatus',
  'GET /user': 'UserGetCurrent',
  'GET /version': 'GetVersion',
};

type Schema = Readonly<Record<string, unknown>>;
type Operation = {
  readonly query: readonly string[];
  readonly body: Schema | null;
  /** By status; `success` where the status is not told. */
  readonly replies: Readonly<Record<string, Schema>>;
};
type ReadOperation = (source: ts.SourceFile, route: string, name: string) => Operation;

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: extract-gitea-schema.ts <node_modules with both packages>');
const extract = {
  gitea: extractOf(folder, 'gitea-js', readFromGiteaJs),
  forgejo: extractOf(folder, '@llamaduck/forgejo-ts', readFromForgejoTs),
};
const target = join(import.meta.dirname, '../test/fakes/gitea/fixtures/gitea-description.json');
writeFileSync(target, `${JSON.stringify(extract, null, 1)}\n`);
for (const { source, version, schemas } of Object.values(extract)) {
  console.log(`wrote ${Object.keys(schemas).length} schemas of ${source} ${version}`);
}

function extractOf(modules: string, packageName: string, read: ReadOperation) {
  const dir = join(modules, packageName);
  const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { version: string };
  const text = readFileSync(join(dir, 'dist/index.d.ts'), 'utf8');
  const source = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const found = Object.fromEntries(
    Object.entries(operations).map(([route, name]) => [route, read(source, route, name)] as const),
  );
  const schemas = reachable(source, JSON.stringify(found));
  return { source: packageName, version, licence: 'MIT', operations: found, schemas };
}

/** There an operation is a method: `(owner, repo, …, body, query?) => Promise<HttpResponse<Reply, any>>`. */
function readFromGiteaJs(source: ts.SourceFile, route: string, name: string): Operation {
  const method = name.charAt(0).toLowerCase() + name.slice(1);
  const node = findNode(source, (one): one is ts.PropertySignature => {
    const isRequest = ts.getJSDocTags(one).some((tag) => tag.comment === route.replace(' ', ':'));
    return ts.isPropertySignature(one) && one.name.getText() === method && isRequest;
  });
  const type = node?.type;
  if (!type || !ts.isFunctionTypeNode(type)) throw new Error(`gitea-js has no ${route}`);
  const query = type.parameters.find((one) => one.name.getText() === 'query')?.type;
  const isBody = (one: ts.ParameterDeclaration) =>
    one.type !== undefined && ts.isTypeReferenceNode(one.type) && one.type.getText() !== 'RequestParams';
  const body = type.parameters.find(isBody)?.type;
  const reply = argumentOf(argumentOf(type.type));
  return {
    query: query && ts.isTypeLiteralNode(query) ? memberNames(query) : [],
    body: body ? schemaOf(body) : null,
    replies: { success: schemaOf(reply) },
  };
}

/** There an operation is two types: `<Name>Data` with `body`, `query` and `url`, and `<Name>Responses` by status. */
function readFromForgejoTs(source: ts.SourceFile, route: string, name: string): Operation {
  const data = membersOf(declarationOf(source, `${name}Data`));
  const url = data.get('url')?.getText().slice(1, -1);
  if (url !== route.split(' ')[1]) throw new Error(`forgejo-ts has no ${route}`);
  const query = data.get('query');
  const body = data.get('body');
  const replies = [...membersOf(declarationOf(source, `${name}Responses`))];
  return {
    query: query && ts.isTypeLiteralNode(query) ? memberNames(query) : [],
    body: body && body.kind !== ts.SyntaxKind.NeverKeyword ? schemaOf(body) : null,
    replies: Object.fromEntries(replies.map(([status, type]) => [status, schemaOf(type)])),
  };
}

function findNode<T extends ts.Node>(root: ts.Node, is: (node: ts.Node) => node is T): T | undefined {
  if (is(root)) return root;
  return ts.forEachChild(root, (child) => findNode(child, is));
}

function declarationOf(source: ts.SourceFile, name: string): ts.InterfaceDeclaration | ts.TypeAliasDeclaration {
  const found = source.statements.find(
    (one): one is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
      (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) && one.name.text === name,
  );
  if (!found) throw new Error(`there is no type ${name}`);
  return found;
}

function membersOf(declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): Map<string, ts.TypeNode> {
  const holder = ts.isInterfaceDeclaration(declaration) ? declaration : declaration.type;
  if (!ts.isInterfaceDeclaration(holder) && !ts.isTypeLiteralNode(holder)) return new Map();
  const properties = holder.members.filter(ts.isPropertySignature);
  return new Map(properties.flatMap(({ name, type }) => (type ? [[nameOf(name), type] as const] : [])));
}

function memberNames(literal: ts.TypeLiteralNode): string[] {
  return literal.members.filter(ts.isPropertySignature).map(({ name }) => nameOf(name));
}

function nameOf(name: ts.PropertyName): string {
  return ts.isStringLiteral(name) ? name.text : name.getText();
}

function argumentOf(type: ts.TypeNode): ts.TypeNode {
  const first = ts.isTypeReferenceNode(type) ? type.typeArguments?.[0] : undefined;
  if (!first) throw new Error(`expected a type with arguments: ${type.getText()}`);
  return first;
}

function schemaOf(type: ts.TypeNode): Schema {
  if (ts.isArrayTypeNode(type)) return { type: 'array', items: schemaOf(type.elementType) };
  if (ts.isTypeLiteralNode(type)) return objectSchema(type.members);
  if (ts.isUnionTypeNode(type)) return { enum: type.types.map((one) => literalOf(one)) };
  if (ts.isLiteralTypeNode(type)) return { enum: [literalOf(type)] };
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText();
    if (name === 'Array') return { type: 'array', items: schemaOf(argumentOf(type)) };
    return name === 'Record' ? { type: 'object' } : { $ref: `#/schemas/${name}` };
  }
  const words: Readonly<Partial<Record<ts.SyntaxKind, Schema>>> = {
    [ts.SyntaxKind.StringKeyword]: { type: 'string' },
    [ts.SyntaxKind.NumberKeyword]: { type: 'number' },
    [ts.SyntaxKind.BooleanKeyword]: { type: 'boolean' },
    // Where the description has no body.
    [ts.SyntaxKind.AnyKeyword]: {},
    [ts.SyntaxKind.UnknownKeyword]: {},
    [ts.SyntaxKind.VoidKeyword]: {},
  };
  const schema = words[type.kind];
  if (!schema) throw new Error(`a type of a kind that is not expected: ${type.getText()}`);
  return schema;
}

function literalOf(type: ts.TypeNode): string {
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return type.literal.text;
  throw new Error(`expected a text: ${type.getText()}`);
}

function objectSchema(members: ts.NodeArray<ts.TypeElement>): Schema {
  const properties = members.filter(ts.isPropertySignature);
  const hasOthers = members.some(ts.isIndexSignatureDeclaration);
  const required = properties.filter(({ questionToken }) => !questionToken).map(({ name }) => nameOf(name));
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.flatMap(({ name, type }) => (type ? [[nameOf(name), schemaOf(type)] as const] : [])),
    ),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: hasOthers,
  };
}

/** Every schema that is named there, and in those that are. */
function reachable(source: ts.SourceFile, text: string): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const open = namesIn(text);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (Object.hasOwn(found, name)) continue;
    const declaration = declarationOf(source, name);
    const schema = ts.isInterfaceDeclaration(declaration)
      ? objectSchema(declaration.members)
      : schemaOf(declaration.type);
    found[name] = schema;
    open.push(...namesIn(JSON.stringify(schema)));
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a.localeCompare(b)));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/#\/schemas\/(\w+)/g)].map(([, name]) => name ?? '');
}
