import { type Finding, ok, problem } from './diagnosis.ts';

/** Whose a token is, beside the account that the option `flag` names. */
export function judgeLogin(login: string, configured: string, flag: string): Finding {
  const about = 'token';
  if (login.toLowerCase() === configured.toLowerCase()) return ok(about, `is that of ${login}`);
  return problem(about, `is that of ${login}, and ${flag} is ${configured}`, `set ${flag} to ${login}`);
}

/** Whether a repo that was found can be worked with; `remedy` gives the right to write. */
export function judgeWriteAccess(fullName: string, mayWrite: boolean, remedy: string): Finding {
  const about = 'repository';
  if (mayWrite) return ok(about, `${fullName} can be worked with`);
  return problem(about, `${fullName} can be read and not written`, remedy);
}
