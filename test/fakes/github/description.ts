import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Description, matchPattern } from '../described-api.ts';

type Operation = {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly body: object | null;
  readonly replies: Readonly<Record<string, { readonly schema: object | null; readonly example: unknown }>>;
};

/** GitHub's published description of what the fake serves; made by `scripts/extract-github-schema.ts`. */
export type GithubDescription = Description & {
  /** A reply as the description shows it, to be filled in. */
  example(route: string, status: number): Record<string, unknown>;
};

type Extract = { readonly operations: Readonly<Record<string, Operation>>; readonly schemas: object };

export function readDescription(): GithubDescription {
  const file = join(import.meta.dirname, 'fixtures/github-description.json');
  const { operations, schemas } = JSON.parse(readFileSync(file, 'utf8')) as Extract;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'github', components: { schemas: asJsonSchema(schemas) } });
  const compiled = new Map<string, ValidateFunction>();
  const check = (name: string, schema: object | null, value: unknown): string[] => {
    if (schema === null) return value === undefined ? [] : [`${name}: there should be no body`];
    // References point into the one document that holds all schemas.
    const text = JSON.stringify(schema).replaceAll('"#/components', '"github#/components');
    const validate = compiled.get(name) ?? ajv.compile(asJsonSchema(JSON.parse(text)) as object);
    compiled.set(name, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message}`);
  };
  const routes = Object.keys(operations).map((route) => ({ route, pattern: patternOf(route) }));
  const operation = (route: string): Operation => {
    const found = operations[route];
    if (!found) throw new Error(`not described: ${route}`);
    return found;
  };
  return {
    match: (method, path) => matchPattern(routes, `${method} ${path}`),
    example: (route, status) => {
      const example = operation(route).replies[status]?.example;
      return structuredClone(Array.isArray(example) ? example[0] : example) as Record<string, unknown>;
    },
    checkRequest: (route, { query, body }) => {
      const { parameters, body: schema } = operation(route);
      const known = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      const unknown = [...query.keys()].filter((name) => !known.includes(name));
      const problems = unknown.map((name) => `${route}: no parameter ${name} is described`);
      return [
        ...problems,
        ...(schema === null && body === undefined ? [] : check(`${route} body`, schema, body ?? {})),
      ];
    },
    checkReply: (route, { status, body }) => {
      if (status >= 400) return [];
      const reply = operation(route).replies[status];
      if (!reply) return [`${route}: no status ${status} is described`];
      return check(`${route} ${status}`, reply.schema, body).filter((problem) => !isKnownGap(problem));
    },
  };
}

/** OpenAPI's `nullable` stands beside `anyOf` too, where JSON Schema has no such word. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, asJsonSchema(inner)]);
  const { nullable, ...schema } = Object.fromEntries(entries) as { nullable?: unknown; type?: unknown };
  if (nullable !== true) return { ...schema, ...(nullable === undefined ? {} : { nullable }) };
  return schema.type === undefined ? { anyOf: [schema, { type: 'null' }] } : { ...schema, nullable };
}

/** GitHub sends null for the repo of a fork that has been deleted, and does not describe it. */
function isKnownGap(problem: string): boolean {
  return problem.endsWith('/head/repo must be object');
}

/** The last parameter of a path may hold slashes when it is a path or a ref. */
function patternOf(route: string): RegExp {
  const source = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    return name === 'path' || name === 'ref' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
  });
  return new RegExp(`^${source}$`);
}
