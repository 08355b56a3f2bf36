import { describe, expect, it } from 'vitest';
import { isPageOf, siteOf } from './site.ts';

describe('siteOf', () => {
  it.each([
    ['gitlab.com', { origin: 'https://gitlab.com', hostname: 'gitlab.com', path: '' }],
    [
      'GitLab.Example.com:8443',
      { origin: 'https://gitlab.example.com:8443', hostname: 'gitlab.example.com:8443', path: '' },
    ],
    ['http://gitlab.example.com', { origin: 'http://gitlab.example.com', hostname: 'gitlab.example.com', path: '' }],
    ['https://example.com/gitlab/', { origin: 'https://example.com', hostname: 'example.com', path: '/gitlab' }],
    ['example.com/tools/gitlab', { origin: 'https://example.com', hostname: 'example.com', path: '/tools/gitlab' }],
  ])('reads %s', (option, site) => {
    expect(siteOf(option)).toEqual(site);
  });

  it.each(['', 'not a host', 'https://', 'ftp://gitlab.com', 'user@gitlab.com', 'gitlab.com?x=1', 'gitlab.com#x'])(
    'refuses %j',
    (option) => {
      expect(() => siteOf(option)).toThrow('reading --gitlab-hostname: expected a host name or the URL of a GitLab');
    },
  );
});

describe('isPageOf', () => {
  const site = siteOf('https://example.com/gitlab');

  it.each([
    ['https://example.com/gitlab/acme/infra', true],
    ['http://EXAMPLE.com:8080/gitlab/Acme/infra', true],
    ['https://example.com/acme/infra', false],
    ['https://example.com/gitlab/acme/infra2', false],
    ['https://evil.example.com/gitlab/acme/infra', false],
    ['acme/infra', false],
    ['', false],
  ])('judges %s', (page, expected) => {
    expect(isPageOf(site, 'acme/infra', page)).toBe(expected);
  });
});
