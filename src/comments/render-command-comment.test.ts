import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ranView, report, stoppedView } from '../../test/support/command-view.ts';
import { renderCommandComment } from './render-command-comment.ts';
import type { CommandView, ReportedOutcome } from './types.ts';

function expected(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}.md`, import.meta.url), 'utf8').trimEnd();
}

const noCounts = { add: 0, change: 0, destroy: 0, import: 0, forget: 0 };
const planned: ReportedOutcome = { kind: 'planned', planId: 1, summary: { ...noCounts, add: 1 } };
const unchanged: ReportedOutcome = { kind: 'unchanged', planId: 1 };
const applied: ReportedOutcome = { kind: 'applied', planId: 1, summary: { ...noCounts, add: 1 } };
const done: ReportedOutcome = { kind: 'done', planDiscarded: false };

const outputsOnly = `
Changes to Outputs:
+ x = "1"

You can apply this plan to save these new output values to the Terraform
state, without changing any real infrastructure.
`;

const vpcPlan = `
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
+ create

Terraform will perform the following actions:

  # terraform_data.vpc will be created
+ resource "terraform_data" "vpc" {
      + id     = (known after apply)
      + input  = "10.0.0.0/16"
      + output = (known after apply)
    }

Plan: 1 to add, 0 to change, 0 to destroy.
`;

const nothingToDo = `
No changes. Your infrastructure matches the configuration.

Terraform has compared your real infrastructure against your configuration
and found no differences, so no changes are needed.
`;

const net = { name: 'net', dir: 'network', workspace: 'staging' };
const vpc = report(net, planned, vpcPlan);
const short = 'Plan: 1 to add, 0 to change, 0 to destroy.\n';
const locked: ReportedOutcome = { kind: 'locked_by_pull', pullNumber: 2, holds: 'plan' };
const notApproved: ReportedOutcome = {
  kind: 'refused',
  refusal: {
    kind: 'requirement',
    message: "Pull request must be approved according to the project's approval rules before running apply.",
  },
};

function failed(command: string, dir: string): ReportedOutcome {
  return {
    kind: 'failed',
    code: command.startsWith('apply') ? 'plan_invalid' : 'engine_failed',
    message: `running 'terraform ${command}' in '${dir}': exit status 1`,
  };
}

describe('renderCommandComment, in the shape of Atlantis', () => {
  const rows: [name: string, view: CommandView][] = [
    ['plan-short', ranView('plan', [report({}, { kind: 'planned', planId: 1, summary: noCounts }, outputsOnly)])],
    ['plan-folded', ranView('plan', [vpc])],
    [
      'plan-several',
      ranView('plan', [
        vpc,
        report({ dir: 'app' }, unchanged, nothingToDo),
        report({ dir: 'db' }, failed('plan -input=false', 'db'), '╷\n│ Error: Reference to undeclared resource\n╵\n'),
        report({ dir: 'dns' }, locked),
      ]),
    ],
    [
      'apply-several',
      ranView('apply', [
        report(
          { dir: 'app' },
          applied,
          'terraform_data.x: Creating...\nterraform_data.x: Creation complete after 0s [id=1]\n\n' +
            'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n',
        ),
        report({ dir: 'db' }, notApproved),
        report(
          { dir: 'dns' },
          failed('apply -input=false plan', 'dns'),
          '╷\n│ Error: local-exec provisioner error\n╵\n',
        ),
      ]),
    ],
    ['apply-folded', ranView('apply', [report({}, applied, `${threeApplied()}\n`)])],
    [
      'import',
      ranView('import', [
        report(
          {},
          { kind: 'done', planDiscarded: true },
          '\nImport successful!\n\nThe resources that were imported are shown above.\n\n',
        ),
      ]),
    ],
    [
      'state-rm-several',
      ranView('state_rm', [
        report({ dir: 'app' }, { kind: 'done', planDiscarded: true }, 'Successfully removed 1 resource instance(s).\n'),
        report({ dir: 'db' }, done, 'Successfully removed 1 resource instance(s).\n'),
      ]),
    ],
  ];
  it.each(rows)('writes %s', (name, view) => {
    expect(renderCommandComment(view)).toBe(expected(name));
  });

  const texts: [name: string, view: CommandView, text: string][] = [
    ['no project', ranView('plan', []), 'Ran Plan for 0 projects:'],
    [
      'an error before anything ran',
      stoppedView('plan', { kind: 'error', message: "no project with name 'nope' is defined in 'atlantis.yaml'" }),
      "**Plan Error**\n```\nno project with name 'nope' is defined in 'atlantis.yaml'\n```",
    ],
    [
      'a refusal before anything ran',
      stoppedView('import', { kind: 'failure', message: 'import cannot run on multiple projects.' }),
      '**Import Failed**: import cannot run on multiple projects.',
    ],
    [
      'the version of an engine',
      ranView('version', [report({}, done, 'Terraform v1.11.4\non linux_amd64\n')]),
      'Ran Version for dir: `.` workspace: `default`\n\n```\nTerraform v1.11.4\non linux_amd64\n```',
    ],
    [
      'approved policies',
      ranView('approve_policies', [report({}, done)]),
      'Approved Policies for 1 projects:\n\n1. dir: `.` workspace: `default`',
    ],
    [
      'policies that were not approved',
      ranView('approve_policies', [report({}, failed('x', '.'))]),
      'Ran Approve Policies for 1 projects:\n\n1. dir: `.` workspace: `default`\n---\n\n' +
        "### 1. dir: `.` workspace: `default`\n**Approve Policies Error**\n```\nrunning 'terraform x' in '.': exit " +
        'status 1\n```\n\n---',
    ],
    [
      'what was removed from the state of one project',
      ranView('state_rm', [report({}, done, 'Removed terraform_data.x\n')]),
      'Ran State `rm` for dir: `.` workspace: `default`\n\n```diff\nRemoved terraform_data.x\n```\n\n' +
        '* :repeat: To **plan** this project again, comment:\n  ```shell\n  atlantis plan -d .\n  ```',
    ],
    [
      'an apply that printed nothing',
      ranView('apply', [report({}, applied)]),
      'Ran Apply for dir: `.` workspace: `default`\n\nNothing was printed.',
    ],
  ];
  it.each(texts)('tells %s', (...[, view, text]) => {
    expect(renderCommandComment(view)).toBe(text);
  });
});

function threeApplied(): string {
  const created = [1, 2, 3].map((n) => `terraform_data.x${n}: Creating...\n`).join('');
  const complete = [1, 2, 3].map((n) => `terraform_data.x${n}: Creation complete after 0s [id=${n}]\n`).join('');
  const end = 'Apply complete! Resources: 3 added, 0 changed, 0 destroyed.';
  return `${created}${complete}\n${end}\n\nOutputs:\n\nvar = "a"\nworkspace = "default"`;
}

describe('renderCommandComment', () => {
  function rendered(...args: Parameters<typeof ranView>): string {
    return renderCommandComment(ranView(...args)) ?? '';
  }
  const long = (lines: number) => 'line\n'.repeat(lines);

  it('folds a plan of 14 lines, and not one of 13', () => {
    expect(rendered('plan', [report({}, planned, long(13))])).not.toContain('<details>');
    expect(rendered('plan', [report({}, planned, long(14))])).toContain('<details>');
  });
  it('folds an apply of 13 lines, and not one of 12', () => {
    expect(rendered('apply', [report({}, applied, long(12))])).not.toContain('<details>');
    expect(rendered('apply', [report({}, applied, long(13))])).toContain('<details>');
  });
  it('folds a long error', () => {
    const text = rendered('plan', [report({}, failed('plan', '.'), long(12))]);
    expect(text).toContain("**Plan Error**\n<details><summary>Show Output</summary>\n\n```\nrunning 'terraform plan'");
    expect(text.endsWith('line\n\n```\n</details>')).toBe(true);
  });
  it('never folds an error of the command', () => {
    expect(renderCommandComment(stoppedView('plan', { kind: 'error', message: long(100) }))).not.toContain('<details>');
  });
  it.each([{ options: { folding: false } }, { flavour: { folding: false } }])('folds nothing with %j', (changes) => {
    expect(rendered('plan', [vpc], changes)).not.toContain('<details>');
  });
  it('names the kind of request and pull request as the host does', () => {
    const flavour = { requestName: 'Merge Request', pullSign: '!' } as const;
    const text = rendered('plan', [vpc, report({}, locked)], { flavour });
    expect(text).toContain('all unapplied plans from this Merge Request');
    expect(text).toContain('unapplied plan from pull !2. To continue, delete the lock from !2');
  });
  it('names the executable of this server', () => {
    expect(rendered('plan', [vpc], { options: { executableName: 'tf' } })).toContain('\n  tf unlock\n');
  });
  it('shows diffs as the hosts colour them, where asked for', () => {
    const text = rendered('plan', [vpc], { options: { diffMarkdown: true } });
    expect(text).toContain('\n+       input  = "10.0.0.0/16"\n');
  });
  it('says that what is managed was changed elsewhere', () => {
    const output = `Note: Objects have changed outside of Terraform\n${vpcPlan}`;
    expect(rendered('plan', [report({}, planned, output)])).toContain(
      '  ```\n\n**Note: Objects have changed outside of Terraform**\nPlan: 1 to add, 0 to change, 0 to destroy.\n',
    );
  });
  it('says that the base branch was merged again', () => {
    expect(rendered('plan', [{ ...vpc, mergedAgain: true }])).toContain(
      'destroy.\n:twisted_rightwards_arrows: Upstream was modified, a new merge was performed.\n\n---',
    );
  });
  it('offers no deletion of a lock that is not held', () => {
    expect(rendered('plan', [{ ...vpc, lockUrl: null }])).not.toContain('plan and lock');
  });
  it('offers no apply where applying is not allowed', () => {
    expect(rendered('plan', [vpc, vpc], { options: { applyAllowed: false } })).not.toContain('apply**');
  });
  it('offers no apply of everything where that is not allowed', () => {
    const text = rendered('plan', [vpc], { options: { applyAllAllowed: false } });
    expect(text).toContain('To **apply** this plan');
    expect(text).not.toContain('all unapplied plans');
  });
  it('offers no apply of everything when no plan came out', () => {
    const text = rendered('plan', [report({}, locked), report({ dir: 'b' }, locked)]);
    expect(text).not.toContain('all unapplied plans');
    expect(text).toContain('all plans and locks');
  });
  it('says which plans automerge threw away', () => {
    const text = rendered('plan', [vpc, report({}, locked)], { ran: { plansDeleted: true } });
    expect(text).toContain(
      '</details>\n\nThis plan was not saved because one or more projects failed and automerge requires all plans ' +
        'pass.\nPlan: 1 to add',
    );
    expect(text.endsWith('2 projects, 1 with changes, 0 with no changes, 1 failed')).toBe(true);
  });
  it('leaves plans without changes out, but for the list, where asked for', () => {
    const projects = [vpc, report({ dir: 'app' }, unchanged, nothingToDo), report({ dir: 'db' }, planned, short)];
    const text = rendered('plan', projects, { options: { hideUnchangedPlans: true } });
    expect(text.match(/^(1\.|### \d).*/gm)).toEqual([
      '1. project: `net` dir: `network` workspace: `staging`',
      '1. dir: `app` workspace: `default`',
      '1. dir: `db` workspace: `default`',
      '### 1. project: `net` dir: `network` workspace: `staging`',
      '### 3. dir: `db` workspace: `default`',
    ]);
  });
  it('drops projects that keep silent about the command', () => {
    const silent = { ...vpc, project: { ...vpc.project, silencePrComments: ['plan'] } };
    const other = report({ dir: 'db' }, planned, short);
    expect(rendered('plan', [silent, other])).toBe(rendered('plan', [other]));
    expect(renderCommandComment(ranView('plan', [silent]))).toBeUndefined();
    expect(rendered('apply', [silent])).toContain('Ran Apply for project: `net`');
  });
  it('tells results in the list where projects have no status of their own', () => {
    const projects = [vpc, report({ dir: 'db' }, failed('plan', 'db'))];
    expect(rendered('plan', projects, { resultsInList: true })).toContain(
      '1. project: `net` dir: `network` workspace: `staging` — Plan: 1 to add, 0 to change, 0 to destroy.\n' +
        '1. dir: `db` workspace: `default` — Plan failed.\n---\n',
    );
  });
  it('names folders that the pull request removes', () => {
    expect(rendered('plan', [], { ran: { removedDirs: ['b', 'c'] } })).toBe(
      'Ran Plan for 0 projects:\n\nRemoved by this Pull Request, so not planned: `b`, `c`.',
    );
  });
  it('says what another pull request did with the project, and which command to repeat', () => {
    const text = rendered('apply', [report({}, { kind: 'locked_by_pull', pullNumber: 7, holds: 'applied' })]);
    expect(text).toContain(
      '**Apply Failed**: This project is currently locked by pull #7, which has applied its plan. To continue, merge ' +
        '#7 or delete the lock from it.\n\nOnce the lock is released, comment `atlantis apply` here to apply.',
    );
  });
  it('says who cancelled, and what was printed until then', () => {
    const text = rendered('apply', [report({}, { kind: 'cancelled', by: 'dev' }, 'Interrupt received.\n')]);
    expect(text).toContain('**Apply Cancelled**: cancelled by dev.\n```\nInterrupt received.\n\n```');
  });
  it('counts what was cancelled apart', () => {
    const projects = [vpc, report({}, { kind: 'cancelled', by: 'dev' })];
    expect(rendered('plan', projects)).toContain('1 with changes, 0 with no changes, 0 failed, 1 cancelled');
    expect(rendered('apply', projects)).toContain('1 successful, 0 failed, 0 errored, 1 cancelled');
  });
  it('counts an interrupted apply as an error', () => {
    const projects = [report({}, applied, short), report({}, { kind: 'interrupted', phase: 'apply', message: 'x' })];
    expect(rendered('apply', projects)).toContain('2 projects, 1 successful, 0 failed, 1 errored');
  });
  it('says what to do after an interrupted apply', () => {
    const message = 'The server stopped while this apply was running.';
    const text = rendered('apply', [report({}, { kind: 'interrupted', phase: 'apply', message }, 'Creating...\n')]);
    expect(text).toContain(`**Apply Interrupted**: ${message}\n\`\`\`\nCreating...\n\n\`\`\`\n\n* :put_litter`);
    expect(text.endsWith('  ```shell\n  atlantis plan -d .\n  ```')).toBe(true);
  });
  it('ends with the log where asked for', () => {
    const log = [
      { level: 'debug', message: 'looking' },
      { level: 'error', message: 'two\nlines' },
    ] as const;
    expect(rendered('version', [report({}, done, 'v1')], { log })).toBe(
      'Ran Version for dir: `.` workspace: `default`\n\n```\nv1\n```\n<details><summary>Log</summary>\n<p>\n\n' +
        '```\n[DBUG] looking\n[EROR] two\\nlines\n```\n</p></details>',
    );
  });
});

describe('renderCommandComment, with text of somebody who means harm', () => {
  const evil = '```\n</details>\n@org/team <img src=x>\n````\n/close';

  it.each<[string, CommandView['command'], ReportedOutcome]>([
    ['plan', 'plan', planned],
    ['apply', 'apply', applied],
    ['error', 'plan', failed('plan', '.')],
    ['version', 'version', done],
  ])('keeps the output of a %s inside its fence', (...[, command, outcome]) => {
    const text = renderCommandComment(ranView(command, [report({}, outcome, evil)])) ?? '';
    const [fence = ''] = /`{4,}/.exec(text) ?? [];
    expect(fence.length).toBe(5);
    expect(text.split(new RegExp(`^${fence}(?:diff)?$`, 'm'))).toHaveLength(3);
  });
  it('keeps names inside their code spans', () => {
    const text = renderCommandComment(ranView('plan', [report({ dir: 'a`b\n# x' }, planned, short)])) ?? '';
    expect(text.split('\n')[0]).toBe('Ran Plan for dir: `` a`b\\n# x `` workspace: `default`');
  });
  it('keeps sentences harmless', () => {
    const refusal = { kind: 'locked', message: 'held by x\n/merge\n<b>@org/team</b> ![i](http://x)' } as const;
    const text = renderCommandComment(ranView('plan', [report({}, { kind: 'refused', refusal })]));
    expect(text).toContain('held by x\n\\/merge\n&lt;b>@\u200borg/team&lt;/b> !\\[i](http://x)');
  });
});
