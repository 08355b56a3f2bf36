import { errorText, isPolderError } from '../lib/errors.ts';
import { type Finding, problem } from './diagnosis.ts';
import { isPassingFailure } from './host-fetch.ts';

/** What went wrong with a certificate, by the codes of https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const unknownAuthority = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** What an error of a host's client means: a connection that fails, or a host that refuses, for which there is `remedy`. */
export function explainFailure(about: string, error: unknown, remedy: string): Finding {
  return isPassingFailure(error) ? explainConnection(about, error) : problem(about, errorText(error), remedy);
}

/** Why a server could not be asked, as somebody who can do something about it needs to hear it. */
export function explainConnection(about: string, error: unknown): Finding {
  const code = codeOf(error);
  const text = errorText(error);
  if (answered(error)) return problem(about, text, 'look whether the host is well, and what is in front of it');
  if (unknownAuthority.includes(code)) {
    const remedy =
      'if it has a certificate of your own authority, name the file of that authority in SSL_CERT_FILE, or its folder in ' +
      'SSL_CERT_DIR, in the environment of the server';
    return problem(about, `${text} (${code}: no authority that is trusted here has signed the certificate)`, remedy);
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    // OpenSSL's own words name its source.
    const site = /^asking [^ ]+(?=: )/.exec(text)?.[0] ?? 'asking it';
    return problem(about, `${site}: what answers there is no HTTPS`, 'use the port that speaks HTTPS');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return problem(about, text, 'use the host name that the certificate was made for');
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return problem(about, text, 'renew the certificate of that server, or put the clock of this machine right');
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return problem(about, text, 'check the host name and the DNS of this machine');
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return problem(
      about,
      text,
      'see that the token has no line break in it, nor anything else that a header cannot hold',
    );
  }
  if (text.endsWith('the rate limit is used up')) {
    return problem(about, text, 'wait until it is renewed, and see what else uses the token');
  }
  return problem(about, text, 'check the address, firewalls, and HTTPS_PROXY and NO_PROXY');
}

/** There was a reply, so that the connection is not what is wrong. */
function answered(error: unknown): boolean {
  return isPolderError(error) && typeof error.details.status === 'number';
}

/** The code of the innermost cause that has one of its own. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = codeOf(error.cause);
  const { code } = error as { code?: unknown };
  return inner === '' && typeof code === 'string' ? code : inner;
}
