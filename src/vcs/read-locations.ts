import type { Dispatcher } from 'undici';

/**
 * Hands `Location` on as what it means: undici reads headers byte by byte, so that one that is written in plain UTF-8
 * would be encoded twice. As Fetch does it: https://fetch.spec.whatwg.org/#concept-response-location-url
 */
export function readLocations(dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] {
  return (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, text) =>
        handler.onResponseStart?.(controller, status, withLocation(headers), text),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}

type Headers = Dispatcher.ResponseData['headers'];

function withLocation(headers: Headers): Headers {
  const { location } = headers;
  if (typeof location !== 'string') return headers;
  return { ...headers, location: Buffer.from(location, 'latin1').toString('utf8') };
}
