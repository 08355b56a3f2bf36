import { type Finding, ok, type ProbeOptions, probeSite, problem, warning } from '../../vcs/index.ts';

type Looking = {
  readonly probe: ProbeOptions;
  /** There are hosts that send webhooks. */
  readonly isRemote: boolean;
};

const about = 'address';

/** Whether a server answers under the address that links and webhooks use. It need not run yet. */
export async function lookAtAddress(baseUrl: string, { probe, isRemote }: Looking): Promise<Finding[]> {
  const findings = isRemote && isPrivateName(baseUrl) ? [unreachableForHosts(baseUrl)] : [];
  const answer = await probeSite(probe, `${baseUrl}/healthz`);
  if (answer.kind === 'unreachable') {
    const { text, remedy } = answer.finding;
    return [...findings, warning(about, text, `start the server, if it is not running; otherwise: ${remedy}`)];
  }
  if (answer.status === 200 && isHealthy(answer.body))
    return [...findings, ok(about, `a server answers at ${baseUrl}`)];
  const text = `what answers at ${baseUrl} is no Polder: status ${answer.status} for /healthz`;
  return [...findings, problem(about, text, 'correct --atlantis-url, or what the proxy in front of the server does')];
}

function isHealthy(body: string): boolean {
  return /"status":\s*"ok"/.test(body);
}

/** Names of this machine or of the network that it is in. */
function isPrivateName(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return /^(localhost|127\..*|\[::1\]|0\.0\.0\.0)$/.test(hostname) || !/[.:]/.test(hostname);
}

function unreachableForHosts(baseUrl: string): Finding {
  const remedy = 'set --atlantis-url to an address that the host and its users reach';
  return warning(about, `${baseUrl} is known on this machine or network alone`, remedy);
}
