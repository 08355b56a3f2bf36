import type { DiagnosisOrder, Probe } from '../index.ts';
import type { GithubCredentials } from './auth.ts';
import type { GithubClient } from './client.ts';

export type GithubDiagnosis = {
  readonly client: GithubClient;
  readonly options: {
    readonly hostname: string;
    readonly credentials: GithubCredentials;
    readonly webhookSecret: string | null;
  };
  readonly order: DiagnosisOrder;
  /** Asks without credentials. */
  readonly probe: (url: string) => Promise<Probe>;
};

export const neededEvents = ['issue_comment', 'pull_request'];
export const secretFlag = '--gh-webhook-secret';
