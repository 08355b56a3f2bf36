import { describe, expect, it } from 'vitest';
import { otherSlugOf, slugOf } from './slug.ts';

describe('slugOf', () => {
  it.each([
    ['production', 'production'],
    ['review/fix-foo', 'review-fix-foo-v25cyx'],
    ['Production', 'production-iis43c'],
    ['review/foo-bar', 'review-foo-bar-247pbw'],
    ['PRODUCTION', 'production-vl4voz'],
    ['review/foo/bar', 'review-foo-bar-mpntvi'],
    ['Staging', 'staging-p75vhx'],
    ['review/1-foo', 'review-1-foo-9tdj0u'],
    ['foo', 'foo'],
    ['1-foo', 'env-1-foo-1k46wz'],
    ['foo-', 'foo'],
    ['1/foo', 'env-1-foo-t4rmb4'],
    ['foo--bar', 'foo-bar-q006cp'],
    ['env_1', 'env-1-gqne4j'],
    ['my env', 'my-env-rp8gms'],
    ['prod.eu', 'prod-eu-ezg8lv'],
    ['gitlab.com', 'gitlab-com-vqegg2'],
    ['-', 'env-dgv8k2'],
    ['staging-1234567890123456', 'staging-1234567890123456'],
    ['staging-12345678901234567', 'staging-123456789-s729ne'],
    ['staging-1234567890123456-', 'staging-123456789-y52hkh'],
    ['staging-12345678-', 'staging-12345678'],
    ['staging-12345678-01234567', 'staging-12345678-f21q2q'],
    ['9-staging-123456789012345', 'env-9-staging-123-f6hm7j'],
    ['review/023f1bce01229c686a73', 'review-023f1bce01-3uxznk'],
    ['review/85d4c26a388348d3c4c0', 'review-85d4c26a38-5giw1c'],
    ['aws/us-east-1/prod', 'aws-us-east-1-pro-q7edrm'],
    ['default/aws/network', 'default-aws-netwo-mlxyng'],
    ['terraform/prod/default', 'terraform-prod-de-kwtrhs'],
    ['review/feature-branch-with-a-very-long-name', 'review-feature-br-6lz60f'],
    ['review/$CI_COMMIT_REF_SLUG', 'review-ci-commit-zd2u2b'],
    ['team/a b', 'team-a-b-wkpueb'],
  ])('makes %s into %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });
});

describe('otherSlugOf', () => {
  it('keeps to the form of a slug', () => {
    expect(otherSlugOf('staging-12345678-01234567', 1)).toMatch(/^staging-12345678-[a-z0-9]{6}$/);
  });

  it('gives another slug for each attempt', () => {
    const slugs = [slugOf('foo-'), otherSlugOf('foo-', 1), otherSlugOf('foo-', 2)];
    expect(new Set(slugs).size).toBe(3);
  });
});
