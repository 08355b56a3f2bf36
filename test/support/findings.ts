import type { DiagnosisOrder, Finding, VcsHost } from '../../src/vcs/index.ts';

/** Where the webhooks of the tests are to lead. */
export const webhookUrl = 'https://polder.example.com/events';

/** What a host finds out about itself and the repository `acme/infra`, or what else the order says. */
export async function findingsOf(host: VcsHost, order: Partial<DiagnosisOrder> = {}): Promise<readonly Finding[]> {
  return (await host.diagnose?.({ repo: 'acme/infra', webhookUrl, usesTeams: false, ...order })) ?? [];
}

/** `level about: text` of what is not all right. */
export function troubles(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ level, about, text }) => `${level} ${about}: ${text}`);
}
