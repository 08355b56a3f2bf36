import { describe, expect, it } from 'vitest';
import { applySummary, changesBegun, planOutput, planSummary, stripAnsi } from './output.ts';

const none = { add: 0, change: 0, destroy: 0, import: 0, forget: 0 };

describe('stripAnsi', () => {
  it('takes colours, cursor movements and links out', () => {
    expect(
      stripAnsi('\u001B[1m\u001B[31m╷\u001B[0m a\u001B[2K\u001B]8;;http://x\u0007b\u001B]0;t\u001B\\c\u001B7d'),
    ).toBe('╷ abcd');
  });
  it('leaves other text alone', () => {
    expect(stripAnsi('[0m a [1] ünï\n')).toBe('[0m a [1] ünï\n');
  });
});

describe('planOutput', () => {
  it.each([
    [
      'drops progress',
      'a: Refreshing state... [id=1]\nb: Refreshing state... [id=2]\n\nNo changes.\n',
      '\nNo changes.\n',
    ],
    ['drops progress of a single resource', 'a: Refreshing state...\n\nx', '\nx'],
    [
      'keeps all of what was asked for as JSON',
      '{"@message":"a: Plan to delete"}\n{"@message":"b[\\": Refreshing state...\\"]: Plan to create"}\n',
      '{"@message":"a: Plan to delete"}\n{"@message":"b[\\": Refreshing state...\\"]: Plan to create"}\n',
    ],
    ['drops progress without a line end', 'a: Refreshing state...', ''],
    [
      'shows all of a plan that has a value like progress',
      'a: Refreshing state... [id=1]\n\nTerraform used the selected\n  # b will be destroyed\n      - x = "b: Refreshing state..."\n',
      '\nTerraform used the selected\n  # b will be destroyed\n      - x = "b: Refreshing state..."\n',
    ],
    [
      'shows all of a plan that a remark like progress follows',
      'No changes.\n\nWarning: Check block assertion failed\n\nb: Refreshing state...\n',
      'No changes.\n\nWarning: Check block assertion failed\n\nb: Refreshing state...\n',
    ],
    ['moves outer markers', '  + create\n  ~ r\n  - d\n-/+ both\n', '+ create\n~ r\n- d\n-/+ both\n'],
    ['leaves inner markers', '      + id = 1\n   + x\n +y\n  # c\n', '      + id = 1\n   + x\n +y\n  # c\n'],
    ['keeps blank lines around', '\n\nx\n\n', '\n\nx\n\n'],
    ['drops colours first', '\u001B[0m  \u001B[32m+\u001B[0m\u001B[0m r\n', '+ r\n'],
  ])('%s', (_name, text, expected) => {
    expect(planOutput(text)).toBe(expected);
  });
});

describe('planSummary', () => {
  it.each([
    ['Plan: 1 to add, 2 to change, 3 to destroy.', { ...none, add: 1, change: 2, destroy: 3 }],
    [
      'x\nPlan: 4 to import, 1 to add, 0 to change, 0 to destroy, 5 to forget.\n',
      { ...none, import: 4, add: 1, forget: 5 },
    ],
    [
      'Plan: 1 to add, 0 to change, 0 to destroy.\nPlan: 2 to add, 0 to change, 1 to destroy.',
      { ...none, add: 3, destroy: 1 },
    ],
    ['\n\u001B[1mPlan:\u001B[0m 1 to add, 0 to change, 0 to destroy.', { ...none, add: 1 }],
    ['\n\u001B[1mNo changes.\u001B[0m Your infrastructure matches the configuration.', none],
    ['\nYou can apply this plan to save these new output values to the Terraform state', none],
    ['Error: no', null],
    ['  + x = "Plan: 1 to add"', null],
  ])('%j', (text, expected) => {
    expect(planSummary(text)).toEqual(expected);
  });
});

describe('changesBegun', () => {
  it.each([
    ['terraform_data.a: Creating...\nterraform_data.a: Creation complete after 0s [id=1]\n\nError: no', true],
    ['module.x["a b"].r.a: Destruction complete after 1m0s\n', true],
    ["a.b: Creating...\na.b: Provisioning with 'local-exec'...\nError: exit status 1", true],
    ['╷\n│ Error: Saved plan is stale\n│ \n', true],
    ['a.b: Creating...\n\nError: access denied', false],
    ['Error: Error acquiring the state lock', false],
    ['  + x = "a: Creation complete"', false],
  ])('of %j: %j', (text, expected) => {
    expect(changesBegun(text)).toBe(expected);
  });
});

describe('applySummary', () => {
  it.each([
    [
      'a: Creating...\n\nApply complete! Resources: 1 added, 2 changed, 3 destroyed.\n',
      { ...none, add: 1, change: 2, destroy: 3 },
    ],
    [
      'Apply complete! Resources: 1 imported, 0 added, 0 changed, 0 destroyed, 2 forgotten.',
      { ...none, import: 1, forget: 2 },
    ],
    ['\nDestroy complete! Resources: 3 destroyed.\n', { ...none, destroy: 3 }],
    ['Error: broken', null],
  ])('%j', (text, expected) => {
    expect(applySummary(text)).toEqual(expected);
  });
});
