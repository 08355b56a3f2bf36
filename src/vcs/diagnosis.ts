/** What was found out about one thing that has to be right for the server to work. */
export type Finding = {
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was looked at, such as `token` or `webhook`. */
  readonly about: string;
  /** What is so, in words that may be shown to anybody: no secret is in it. */
  readonly text: string;
  /** What to do about it; null where nothing has to be done. */
  readonly remedy: string | null;
};

export type DiagnosisOrder = {
  /** The full name of a repo to look at; null: none. */
  readonly repo: string | null;
  /** Where webhooks are to lead. */
  readonly webhookUrl: string;
  /** Rules for teams are set, so that members are asked for. */
  readonly usesTeams: boolean;
};

export function ok(about: string, text: string): Finding {
  return { level: 'ok', about, text, remedy: null };
}

export function warning(about: string, text: string, remedy: string): Finding {
  return { level: 'warning', about, text, remedy };
}

export function problem(about: string, text: string, remedy: string): Finding {
  return { level: 'problem', about, text, remedy };
}
