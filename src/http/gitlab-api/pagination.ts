import type { OutgoingHttpHeaders } from 'node:http';
import { secretParameters } from './credentials.ts';
import type { RawParameters } from './raw-parameters.ts';

/** Where the list is and how it was asked for, which its links repeat. */
export type ListAddress = {
  /** Absolute, without a query. */
  readonly url: string;
  /** As sent, with `id` of the path. */
  readonly raw: RawParameters;
};

export type PagePosition = {
  readonly page: number;
  readonly perPage: number;
  /** Null when there are too many to count. */
  readonly total: number | null;
  readonly more: boolean;
};

/**
 * The headers of a page. Where there is no next or previous page its header is empty, not absent.
 * https://docs.gitlab.com/api/rest/#offset-based-pagination
 */
export function pageHeaders(address: ListAddress, position: PagePosition): OutgoingHttpHeaders {
  const { page, perPage, total, more } = position;
  const pages = total === null ? null : Math.max(1, Math.ceil(total / perPage));
  const next = more ? page + 1 : null;
  const previous = page > 1 && (pages === null || page <= pages) ? page - 1 : null;
  const link = (rel: string, target: number | null) =>
    target === null ? [] : [linkTo(address, rel, { page: target, per_page: perPage })];
  return {
    'x-page': String(page),
    'x-per-page': String(perPage),
    'x-next-page': next === null ? '' : String(next),
    'x-prev-page': previous === null ? '' : String(previous),
    ...(pages === null ? {} : { 'x-total': String(total), 'x-total-pages': String(pages) }),
    link: [...link('prev', previous), ...link('next', next), ...link('first', 1), ...link('last', pages)].join(', '),
  };
}

/**
 * The header of a stretch of a list that is gone through by id: a link to what follows, if something does.
 * https://docs.gitlab.com/api/rest/#keyset-based-pagination
 */
export function keysetHeaders(
  address: ListAddress,
  position: {
    readonly perPage: number;
    readonly lastId: number | undefined;
    readonly more: boolean;
    /** Of ids; ascending when it is left out. */
    readonly direction?: 'asc' | 'desc';
  },
): OutgoingHttpHeaders {
  const { perPage, lastId, more, direction = 'asc' } = position;
  if (!more || lastId === undefined) return {};
  const beyond = direction === 'asc' ? { id_after: lastId } : { id_before: lastId };
  return { link: linkTo(address, 'next', { per_page: perPage, order_by: 'id', sort: direction, ...beyond }) };
}

function linkTo({ url, raw }: ListAddress, rel: string, changed: Record<string, string | number>): string {
  const query = Object.entries({ ...raw, ...changed })
    .filter(([name]) => !secretParameters.has(name))
    .flatMap(([name, value]) => pairs(name, value))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `<${url}?${query.join('&')}>; rel="${rel}"`;
}

/** The value as a form writes it: `a[]=1`, `a[b]=2`. Parameters of an address are no deeper than a form may be. */
function pairs(name: string, value: unknown): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((each) => pairs(`${name}[]`, each));
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([inner, each]) => pairs(`${name}[${inner}]`, each));
}
