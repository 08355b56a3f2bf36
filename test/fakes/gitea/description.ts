import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { type Description, matchPattern } from '../described-api.ts';

type Schema = Readonly<Record<string, unknown>>;
type Operation = {
  readonly query: readonly string[];
  readonly body: Schema | null;
  readonly replies: Readonly<Record<string, Schema>>;
};
type Extract = { readonly operations: Readonly<Record<string, Operation>>; readonly schemas: object };

export type Flavour = 'gitea' | 'forgejo';

/** The published description of what the fake serves; made by `scripts/extract-gitea-schema.ts`. */
export type GiteaDescription = Description & {
  isPaged(route: string): boolean;
};

export function readDescription(flavour: Flavour): GiteaDescription {
  const file = join(import.meta.dirname, 'fixtures/gitea-description.json');
  const { operations, schemas } = (JSON.parse(readFileSync(file, 'utf8')) as Record<Flavour, Extract>)[flavour];
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  ajv.addSchema({ $id: 'sent', schemas });
  ajv.addSchema({ $id: 'answered', schemas: orNull(schemas) });
  const compiled = new Map<string, ValidateFunction>();
  const check = (name: string, { schema, value, side }: { schema: Schema; value: unknown; side: string }): string[] => {
    const text = JSON.stringify(schema).replaceAll('"#/schemas', `"${side}#/schemas`);
    const validate = compiled.get(name) ?? ajv.compile(JSON.parse(text) as Schema);
    compiled.set(name, validate);
    if (validate(value)) return [];
    const errors = (validate.errors ?? []).filter(
      ({ keyword, message }) => keyword !== 'anyOf' && message !== 'must be null',
    );
    return errors.map((error) => {
      const extra = error.keyword === 'additionalProperties' ? ` ${JSON.stringify(error.params)}` : '';
      return `${name}: ${error.instancePath} ${error.message}${extra}`;
    });
  };
  const operation = (route: string): Operation => {
    const found = operations[route];
    if (!found) throw new Error(`not described: ${route}`);
    return found;
  };
  const routes = Object.keys(operations).map((route) => ({ route, pattern: patternOf(route) }));
  return {
    match: (method, path) => matchPattern(routes, `${method} ${path}`),
    isPaged: (route) => operation(route).query.includes('limit'),
    checkRequest: (route, { query, body }) => {
      const { query: known, body: schema } = operation(route);
      const unknown = [...query.keys()].filter((name) => !known.includes(name));
      const problems = unknown.map((name) => `${route}: no parameter ${name} is described`);
      if (schema === null) return body === undefined ? problems : [...problems, `${route}: there should be no body`];
      return [...problems, ...check(`${route} body`, { schema, value: body ?? {}, side: 'sent' })];
    },
    checkReply: (route, { status, body }) => {
      if (status >= 400) return [];
      const { replies } = operation(route);
      const schema = replies[status] ?? replies.success;
      if (!schema) return [`${route}: no status ${status} is described`];
      return check(`${route} ${status}`, { schema, value: body, side: 'answered' });
    },
  };
}

/** Swagger 2 cannot say that a property may be null, which Gitea's replies have wherever Go has a pointer or a list. */
function orNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(orNull);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== 'properties') return [key, orNull(inner)];
      const properties = Object.entries(inner as Record<string, unknown>);
      return [
        key,
        Object.fromEntries(properties.map(([name, of]) => [name, { anyOf: [orNull(of), { type: 'null' }] }])),
      ];
    }),
  );
}

/** Paths of files and names of branches may hold slashes. */
function patternOf(route: string): RegExp {
  const source = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    return name === 'filepath' || name === 'branch' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
  });
  return new RegExp(`^${source}$`);
}
