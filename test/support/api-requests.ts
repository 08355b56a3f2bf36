import fc from 'fast-check';
import type { InjectOptions } from 'fastify';

type Schema = {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Values that a parameter of that name may well have, so that requests get beyond the first check. */
export type Pools = Readonly<Record<string, readonly unknown[]>>;

export type ApiRequest = InjectOptions & {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
};

/** What no schema asks for. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '💥',
    'ﬀ',
    '%00',
    '../..',
    "';--",
    'null',
    '[]',
    '__proto__',
    '\n',
  ),
  fc.constantFrom(
    -1,
    0,
    1.5,
    -0,
    1e308,
    2 ** 53,
    2 ** 63,
    Number.MIN_SAFE_INTEGER,
    true,
    false,
    '9'.repeat(40),
    '1e3',
    '+1',
  ),
  fc.constantFrom('a'.repeat(256), 'a'.repeat(20_000), '/'.repeat(300)),
  fc.constantFrom([], {}, [[]], [null], [{}], { a: { b: 1 } }, ['x', 'y'], { id: 1 }, [{ id: null, _destroy: 'x' }]),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

/** Parameters that nothing knows, which are to be ignored; lists repeat them in their links. */
function unknown(mood: Mood): fc.Arbitrary<Record<string, unknown>> {
  if (mood === 'sensible') return fc.constant({});
  const names = fc.constantFrom('x', 'x[]', 'x[y]', 'x[][y]', 'constructor', 'toString', '__proto__[x]');
  return fc.dictionary(names, hostile, { maxKeys: 2 });
}

/** Requests to the operations whose path begins with `prefix`, most of them sensible, as the description has them. */
export function apiRequests(
  paths: Paths,
  options: {
    readonly prefix: string;
    readonly pools: Pools;
    /** Further pools for the operations of a path. */
    readonly poolsOf?: (path: string) => Pools;
    readonly credentials: readonly Record<string, string>[];
  },
): fc.Arbitrary<ApiRequest> {
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith(options.prefix))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  // Most requests are sensible throughout, as one bad field of ten is enough to be refused.
  const moods = fc.constantFrom<Mood>('sensible', 'sensible', 'careless');
  return fc.tuple(fc.constantFrom(...operations), moods).chain(([{ path, method, operation }, mood]) => {
    const { inPath, others } = fieldsOf(operation);
    const pools = { ...options.pools, ...options.poolsOf?.(path) };
    const carriers: Carrier[] = [
      'query',
      'json',
      'form',
      'multipart',
      ...(mood === 'careless' ? ['odd' as const] : []),
    ];
    return fc
      .record({
        place: fields(inPath, pools, mood),
        sent: fields(others, pools, mood),
        more: unknown(mood),
        carrier: fc.constantFrom(...carriers),
        headers: headers(options.credentials, mood),
        head: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
      })
      .map(({ place, sent, more, carrier, headers: own, head }) => {
        const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encode(textOf(place[name]) || 'x'));
        const verb = (method === 'get' && head ? 'head' : method).toUpperCase() as ApiRequest['method'];
        return carry({ method: verb, url, headers: own }, { ...more, ...sent }, verb === 'HEAD' ? 'query' : carrier);
      });
  });
}

type Mood = 'sensible' | 'careless';
type Field = { readonly name: string; readonly schema: Schema; readonly required: boolean };
type Carrier = 'query' | 'json' | 'form' | 'multipart' | 'odd';

function fieldsOf({ parameters = [], requestBody }: Operation): { inPath: Field[]; others: Field[] } {
  const body = requestBody?.content['application/json']?.schema;
  const ofBody = Object.entries(body?.properties ?? {}).map(([name, schema]) => {
    return { name, schema, required: body?.required?.includes(name) ?? false };
  });
  const all = parameters.map(({ name, schema, required = false, in: where }) => ({ name, schema, required, where }));
  return {
    inPath: all.filter(({ where }) => where === 'path'),
    others: [...all.filter(({ where }) => where !== 'path'), ...ofBody],
  };
}

function fields(all: readonly Field[], pools: Pools, mood: Mood): fc.Arbitrary<Record<string, unknown>> {
  const [required, optional] = mood === 'sensible' ? [1, 0.1] : [0.9, 0.25];
  const entries = all.map((field) =>
    fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), valueFor(field, pools, mood))
      .map(([roll, value]): [string, unknown][] =>
        roll <= (field.required ? required : optional) ? [[field.name, value]] : [],
      ),
  );
  return fc.tuple(...entries).map((parts) => Object.fromEntries(parts.flat()));
}

function valueFor({ name, schema }: Field, pools: Pools, mood: Mood): fc.Arbitrary<unknown> {
  const pool = pools[name];
  const sensible = pool ? fc.constantFrom<unknown>(...pool) : ofSchema(schema, pools);
  if (mood === 'sensible') return sensible;
  return fc.oneof(
    { arbitrary: sensible, weight: 5 },
    { arbitrary: ofSchema(schema, pools), weight: 2 },
    { arbitrary: hostile, weight: 2 },
  );
}

function ofSchema(schema: Schema, pools: Pools): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => ofSchema(one, pools)));
  const types = schema.type === undefined ? ['string'] : [schema.type].flat();
  return fc.oneof(...types.map((type) => ofType(String(type), schema, pools)));
}

function ofType(type: string, schema: Schema, pools: Pools): fc.Arbitrary<unknown> {
  switch (type) {
    case 'integer':
    case 'number':
      return fc.integer({ min: -1, max: 60 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(ofSchema(schema.items ?? {}, pools), { maxLength: 3 });
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const all = properties.map(([name, inner]) => ({ name, schema: inner, required: false }));
      return fields(all, pools, 'sensible');
    }
    default:
      // The only pattern there is means digits.
      return schema.pattern === undefined ? fc.string({ maxLength: 12 }) : fc.integer({ min: -1, max: 60 }).map(String);
  }
}

function headers(credentials: readonly Record<string, string>[], mood: Mood): fc.Arbitrary<Record<string, string>> {
  const odd: Record<string, string>[] = [
    { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    { 'if-unmodified-since': 'nonsense' },
    { sudo: 'nobody' },
    { 'job-token': 'x' },
    { accept: 'text/html' },
    { 'if-none-match': '*, W/"x"' },
  ];
  const other = fc.oneof(
    { arbitrary: fc.constant<Record<string, string>>({}), weight: mood === 'sensible' ? 50 : 5 },
    { arbitrary: fc.constantFrom(...odd), weight: 1 },
  );
  return fc.tuple(fc.constantFrom(...credentials), other).map(([credential, more]) => ({ ...credential, ...more }));
}

const boundary = '----boundary';

function carry(request: ApiRequest, sent: Readonly<Record<string, unknown>>, carrier: Carrier): ApiRequest {
  const withBody = (type: string, payload: string): ApiRequest => ({
    ...request,
    headers: { ...request.headers, 'content-type': type },
    payload,
  });
  switch (carrier) {
    case 'query':
      return { ...request, url: `${request.url}?${formOf(sent)}` };
    case 'json':
      return withBody('application/json', JSON.stringify(sent));
    case 'form':
      return withBody('application/x-www-form-urlencoded', formOf(sent));
    case 'multipart': {
      const parts = pairsOf(sent).map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name.replace(/["\r\n]/g, '')}"\r\n\r\n${value}\r\n`,
      );
      return withBody(`multipart/form-data; boundary=${boundary}`, `${parts.join('')}--${boundary}--\r\n`);
    }
    case 'odd':
      return withBody(Object.keys(sent).length % 2 === 0 ? 'application/json' : 'text/plain', `{"a":${formOf(sent)}`);
  }
}

function formOf(sent: Readonly<Record<string, unknown>>): string {
  return pairsOf(sent)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** Lists as `a[]=1`, things in things as `a[b]=1`; what is null is not there. */
function pairsOf(value: unknown, name = ''): [string, string][] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[name, textOf(value)]];
  const inner = (key: string) => (name === '' ? key : `${name}[${Array.isArray(value) ? '' : key}]`);
  return Object.entries(value).flatMap(([key, each]) => pairsOf(each, inner(key)));
}

function textOf(value: unknown): string {
  if (typeof value === 'object') return value === null ? '' : JSON.stringify(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Half a surrogate pair becomes the bytes that it would have in UTF-8, which are malformed. */
function encode(text: string): string {
  return Array.from(text, (character) =>
    /\p{Surrogate}/u.test(character) ? '%ED%A0%80' : encodeURIComponent(character),
  ).join('');
}
