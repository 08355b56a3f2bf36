import { errorCatalogue } from './error-catalogue.ts';

/** The page `docs/errors.md`. */
export function renderErrorsMarkdown(): string {
  const rows = Object.entries(errorCatalogue).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  return `# Errors

<!-- Made by \`npm run docs\` from src/lib/error-catalogue.ts. -->

Every fault has a stable code: in the log as \`code\`, in the API as \`Code\` beside \`Message\`, in a job's outcome as
\`code\`. Codes are added, never renamed. A refusal (somebody else holds the lock, a requirement is not met) is no error
and has no code; its sentence says everything.

| Code | What it means |
| --- | --- |
${rows.join('\n')}
`;
}
