import type { Dispatcher } from 'undici';

/** The header that names another host instead of `Location`. */
export const elsewhere = 'polder-elsewhere';

/**
 * Hands `Location` on as what it means: undici reads headers byte by byte, so that one that is written in plain UTF-8
 * would be encoded twice. As Fetch does it: https://fetch.spec.whatwg.org/#concept-response-location-url
 * Another host than that of `origin` is asked for nothing: what we send is not for it, nor what it answers for us. It is
 * named in a header of ours.
 */
export function readLocations(origin: string): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart: (...[controller, status, headers, text]) =>
        handler.onResponseStart?.(controller, status, withLocation(headers, origin), text),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}

type Headers = Dispatcher.ResponseData['headers'];

function withLocation(headers: Headers, origin: string): Headers {
  const { location, ...others } = headers;
  if (typeof location !== 'string') return headers;
  const written = Buffer.from(location, 'latin1').toString('utf8');
  const target = URL.canParse(written, origin) ? new URL(written, origin).origin : written;
  return target === origin ? { ...others, location: written } : { ...others, [elsewhere]: target };
}
