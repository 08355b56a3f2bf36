import { type Finding, ok, problem, warning } from './diagnosis.ts';

/** A webhook as its host shows it; null for what the host does not tell. */
export type SeenWebhook = {
  readonly url: string;
  readonly active: boolean;
  /** In the host's words. */
  readonly events: readonly string[];
  readonly hasSecret: boolean | null;
  readonly checksCertificates: boolean | null;
  /** How the newest delivery ended, in words; null also when there was none. */
  readonly lastFailure: string | null;
};

export type WantedWebhook = {
  readonly url: string;
  readonly events: readonly string[];
  /** The server checks deliveries with a secret. */
  readonly hasSecret: boolean;
  /** The flag that sets that secret, for remedies. */
  readonly secretFlag: string;
  /** Where else a webhook may be that is not among those seen, such as `the organisation`. */
  readonly elsewhere: string;
};

const about = 'webhook';

/** Whether one of the webhooks brings to us what is needed. */
export function judgeWebhooks(seen: readonly SeenWebhook[], wanted: WantedWebhook): Finding[] {
  const ours = seen.filter(({ url }) => isSameAddress(url, wanted.url));
  const best = ours.find(({ active }) => active) ?? ours[0];
  if (!best) return [noneLeadsHere(seen, wanted)];
  const findings = judgeOne(best, wanted);
  if (ours.length > 1) {
    findings.push(warning(about, `${ours.length} of them lead here`, 'keep one: each would deliver everything'));
  }
  return findings;
}

/** What is to be told where webhooks cannot be seen. */
export function unseenWebhooks(reason: string, wanted: Pick<WantedWebhook, 'url' | 'events'>): Finding {
  const remedy = `see for yourself that one leads to ${wanted.url} with the events ${wanted.events.join(', ')}`;
  return warning(about, `cannot be looked at: ${reason}`, remedy);
}

/** What is to be told of a server that checks no secret. */
export function missingSecret(secretFlag: string): Finding {
  const remedy = `set ${secretFlag}, and the same secret in the webhook`;
  return problem('webhook secret', 'none is set, so that anybody can send deliveries', remedy);
}

function judgeOne(hook: SeenWebhook, wanted: WantedWebhook): Finding[] {
  const findings: Finding[] = [];
  if (!hook.active) findings.push(problem(about, 'is switched off', 'switch it on in its settings'));
  const missing = hook.events.includes('*') ? [] : wanted.events.filter((event) => !hook.events.includes(event));
  if (missing.length > 0) {
    findings.push(problem(about, `does not send ${missing.join(', ')}`, 'choose these events in its settings'));
  }
  if (wanted.hasSecret && hook.hasSecret === false) {
    const remedy = `give it the secret of ${wanted.secretFlag}`;
    findings.push(problem(about, 'has no secret, so that its deliveries are refused', remedy));
  }
  if (hook.checksCertificates === false) {
    findings.push(warning(about, 'does not check the certificate of this server', 'switch the check on'));
  }
  if (hook.lastFailure !== null) {
    const remedy = 'look at its deliveries on the host; 400 is what this server answers when the secrets differ';
    findings.push(problem(about, `its newest delivery went wrong: ${hook.lastFailure}`, remedy));
  }
  return findings.length > 0 ? findings : [ok(about, `leads to ${wanted.url} with ${wanted.events.join(', ')}`)];
}

/** Addresses may hold secrets in their queries: only their beginnings are shown. */
function noneLeadsHere(seen: readonly SeenWebhook[], { url, events, elsewhere }: WantedWebhook): Finding {
  const places = seen.map((hook) => (URL.canParse(hook.url) ? new URL(hook.url).origin : 'an address that is none'));
  const others = places.length === 0 ? 'there is none' : `those that there are lead to ${places.join(', ')}`;
  const remedy = `add one for the events ${events.join(', ')}, unless ${elsewhere} has one; or correct --atlantis-url`;
  return problem(about, `none of the repository leads to ${url}: ${others}`, remedy);
}

function isSameAddress(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  return new URL(one).href.replace(/\/+$/, '') === new URL(other).href.replace(/\/+$/, '');
}
