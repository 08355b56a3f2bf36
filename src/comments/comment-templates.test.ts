import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ranView, report, stoppedView } from '../../test/support/command-view.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { createLog, silentLog } from '../lib/log.ts';
import { openCommentTemplates } from './comment-templates.ts';
import { renderCommandComment } from './render-command-comment.ts';

const summary = { add: 1, change: 0, destroy: 2, import: 0, forget: 0 };
const planned = report(
  { dir: 'net' },
  { kind: 'planned', planId: 1, summary },
  'Plan: 1 to add, 0 to change, 2 to destroy.\n',
);
const failed = report(
  { name: 'web', dir: 'web' },
  { kind: 'failed', code: 'engine_failed', message: 'exit status 1' },
  'Error: no',
);

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await temporaryDir();
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

async function templatesOf(files: Readonly<Record<string, string>>) {
  return openCommentTemplates({ log: silentLog() }, await folderOf(files));
}

const define = (name: string, text: string) => `{{ define "${name}" -}}\n${text}\n{{- end }}\n`;

describe('templates of the operator', () => {
  it('are none where there is no folder, or nothing in it', async () => {
    expect(openCommentTemplates({ log: silentLog() }, '/does/not/exist')).toBeNull();
    expect(await templatesOf({ 'notes.txt': '{{' })).toBeNull();
  });

  it('stand in for a comment on one project, with its fields and our log', async () => {
    const text = [
      '{{ $result := index .Results 0 -}}',
      '## {{ .Command }} of {{ $result.RepoRelDir }} ({{ $result.Workspace }}) by {{ .ExecutableName | upper }}',
      '{{ $result.Rendered }}',
      '{{ template "log" . }}',
    ].join('\n');
    const templates = await templatesOf({ 'plan.tmpl': define('singleProjectPlanSuccess', text) });
    const log = [{ level: 'info', message: 'planning' }] as const;
    const comment = renderCommandComment(ranView('plan', [planned], { templates, log })) ?? '';
    expect(comment).toMatch(/^## Plan of net \(default\) by ATLANTIS\n```diff\nPlan: 1 to add/);
    expect(comment.match(/<summary>Log<\/summary>/g)).toHaveLength(1);
    const usual = renderCommandComment(ranView('plan', [failed]));
    expect(renderCommandComment(ranView('plan', [failed], { templates }))).toBe(usual);
  });

  it('stand in for the part of a project', async () => {
    const plan = 'LOCK {{ .LockURL }}, {{ .PlanStats.Destroy }} destroyed, `{{ .ApplyCmd }}`: {{ .PlanSummary }}';
    const error = 'OH NO{{ if .Error }}: {{ .Error | replace "\\n" " " }}{{ end }}';
    const templates = await templatesOf({
      'a.tmpl': define('planSuccessUnwrapped', plan),
      'b.tmpl': define('unwrappedErr', error),
    });
    const comment = renderCommandComment(ranView('plan', [planned, failed], { templates }));
    expect(comment).toContain(
      `### 1. dir: \`net\` workspace: \`default\`\nLOCK ${planned.lockUrl}, 2 destroyed, \`atlantis apply -d net\`: ` +
        'Plan: 1 to add, 0 to change, 2 to destroy.\n\n---\n',
    );
    expect(comment).toContain('`\nOH NO: exit status 1 Error: no\n\n---\n### Plan Summary');
  });

  it('stand in for what is above and below several projects, and may call our own parts', async () => {
    const templates = await templatesOf({
      'all.tmpl':
        define('multiProjectHeader', 'HEAD {{ len .Results }}') +
        define('multiProjectPlanFooter', 'FOOT {{ .NumPlansWithChanges }} {{ .NumPlanFailures }}'),
    });
    const comment = renderCommandComment(ranView('plan', [planned, failed], { templates })) ?? '';
    expect(comment).toMatch(/^HEAD 2\n---\n\n### 1\. /);
    expect(comment).toMatch(/\nFOOT 1 1$/);
    const whole = await templatesOf({
      'plan.tmpl': define(
        'multiProjectPlan',
        '{{ template "multiProjectHeader" . -}}\n{{ range .Results }}* {{ .ProjectName }} {{ .IsSuccessful }}\n{{ end }}',
      ),
    });
    expect(renderCommandComment(ranView('plan', [planned, failed], { templates: whole }))).toBe(
      'Ran Plan for 2 projects:\n\n1. dir: `net` workspace: `default`\n1. project: `web` dir: `web` workspace: `default`\n---\n\n*  true\n* web false',
    );
  });

  it('stand in for what is said when nothing ran', async () => {
    const templates = await templatesOf({ 'failure.tmpl': define('failureWithLog', '{{ .Command }}: {{ .Failure }}') });
    const view = stoppedView('apply', { kind: 'failure', message: 'not approved' });
    expect(renderCommandComment({ ...view, templates })).toBe('Apply: not approved');
  });

  it('call our parts in the places where templates of Atlantis call them', async () => {
    const head = '{{ len .Results }}:\n{{ range .Results }}1. {{ .RepoRelDir }}\n{{ end -}}\n---\n';
    const whole =
      '{{ template "multiProjectHeader" . -}}\n{{ range .Results -}}\n### {{ .RepoRelDir }}\n{{ .Rendered }}\n\n---\n' +
      '{{ end -}}\n{{ template "multiProjectPlanFooter" . -}}\n{{ template "log" . -}}';
    const part = 'P\n{{ template "mergedAgain" . -}}';
    const error = 'E{{- template "lockMetadata" . }}{{ if or .CommitURL .JobURL .MultipleJobs }}!{{ end }}';
    const templates = await templatesOf({
      'all.tmpl':
        define('multiProjectPlan', whole) + define('planSuccessUnwrapped', part) + define('unwrappedErr', error),
    });
    const merged = { ...planned, mergedAgain: true };
    expect(renderCommandComment(ranView('plan', [planned, merged, failed], { templates }))).toMatch(
      /workspace: `default`\n---\n\n### net\nP\n\n---\n### net\nP\n:twisted.* performed\.\n\n---\n### web\nE\n\n---\n### Plan Sum/,
    );
    const header = await templatesOf({ 'head.tmpl': define('multiProjectHeader', head) });
    expect(renderCommandComment(ranView('plan', [planned, failed], { templates: header }))).toMatch(
      /^2:\n1\. net\n1\. web\n---\n\n### 1\. /,
    );
  });

  it('are told of no link to a lock where there is none', async () => {
    const link = '{{ if not .DisableRepoLocking }}[here]({{ .LockURL }}){{ else }}no lock{{ end }}';
    const templates = await templatesOf({ 'a.tmpl': define('planSuccessUnwrapped', link) });
    const text = (lockUrl: string | null) =>
      renderCommandComment(ranView('plan', [{ ...planned, lockUrl }], { templates }));
    expect(text('http://p/lock')).toContain('[here](http://p/lock)');
    expect(text(null)).toContain('\nno lock');
  });

  it('of an error and of a failure hold when nothing ran, too', async () => {
    const view = stoppedView('apply', { kind: 'failure', message: 'not approved' });
    const part = await templatesOf({ 'a.tmpl': define('failure', 'NO: {{ .Failure }}') });
    expect(renderCommandComment({ ...view, templates: part })).toBe('NO: not approved');
    const whole = await templatesOf({ 'a.tmpl': define('failureWithLog', '> {{ template "failure" . -}}') });
    expect(renderCommandComment({ ...view, templates: whole })).toBe('> **Apply Failed**: not approved');
  });

  it('can call the part that is not folded where ours would fold', async () => {
    const long = { ...planned, output: 'line\n'.repeat(20) };
    const templates = await templatesOf({
      'a.tmpl': define('planSuccessWrapped', '{{ template "planSuccessUnwrapped" . }}'),
    });
    const comment = renderCommandComment(ranView('plan', [long], { templates }));
    expect(comment).toContain('```diff\nline');
    expect(comment).not.toContain('<details>');
  });

  it('that write nothing keep the comment from being posted', async () => {
    const templates = await templatesOf({ 'a.tmpl': define('singleProjectPlanSuccess', '') });
    expect(renderCommandComment(ranView('plan', [planned], { templates }))).toBeUndefined();
  });

  it('have no names that nobody has given', async () => {
    const templates = await templatesOf({ 'a.tmpl': define('failure', '{{ template "constructor" . }}') });
    const view = stoppedView('apply', { kind: 'failure', message: 'not approved' });
    expect(renderCommandComment({ ...view, templates })).toBe('**Apply Failed**: not approved');
  });

  it('let no output out of a block of three backticks', async () => {
    const templates = await templatesOf({ 'apply.tmpl': define('applyUnwrappedSuccess', '```\n{{ .Output }}\n```') });
    const applied = report({}, { kind: 'applied', summary, stateSerial: null } as never, 'x\n```\n# out\n````');
    const comment = renderCommandComment(ranView('apply', [applied], { templates })) ?? '';
    expect(comment.match(/`{3,}/g)).toEqual(['```', '```']);
  });

  it('give way to our own text where they go wrong, and the log says why', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    const dir = await folderOf({ 'plan.tmpl': define('singleProjectPlanSuccess', '{{ .NoSuchField }}') });
    const templates = openCommentTemplates({ log }, dir);
    expect(renderCommandComment(ranView('plan', [planned], { templates }))).toBe(
      renderCommandComment(ranView('plan', [planned])),
    );
    expect(lines.join('')).toContain("plan.tmpl:2: can't evaluate field NoSuchField in type struct");
  });

  it('are refused with the file and the line where they cannot be understood', async () => {
    const dir = await folderOf({ 'bad.tmpl': 'one\n{{ if .A }}\n' });
    expect(() => openCommentTemplates({ log: silentLog() }, dir)).toThrow(
      `--markdown-template-overrides-dir: ${dir}/bad.tmpl:2: an {{end}} is missing`,
    );
    const file = join(dir, 'bad.tmpl');
    expect(() => openCommentTemplates({ log: silentLog() }, file)).toThrow(
      /^--markdown-template-overrides-dir: reading /,
    );
  });
});
