// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables, as GitLab writes them
import { describe, expect, it } from 'vitest';
import { externalUrlProblem } from './external-url.ts';

describe('externalUrlProblem', () => {
  it.each([
    'http://example.com',
    'example.com',
    '1.1.1.1',
    'custom://example.com',
    'http://$URL',
    '$ENVIRONMENT_URL',
    'https://user:${VARIABLE}@example.io',
    'https://example.com?param={()}',
    'http://XSS?x=<script>alert(1)</script>',
    'http://[::1]:8080/x',
    'https://example.com:8443/path#part',
    '/just/a/path',
  ])('takes %s', (url) => {
    expect(externalUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ["javascript:alert('hello')", 'javascript scheme is not allowed'],
    ['JavaScript:alert(1)', 'javascript scheme is not allowed'],
    ['data:text/html,x', 'data scheme is not allowed'],
    ['vbscript:x', 'vbscript scheme is not allowed'],
    ['http://${URL}', 'URI is invalid'],
    ['https://${URL}.example/test', 'URI is invalid'],
    ['http://test${CI_MERGE_REQUEST_IID}.example.com', 'URI is invalid'],
    [' javascript:alert(1)', 'URI is invalid'],
    ['http://', 'URI is invalid'],
    ['http://example.com:port', 'URI is invalid'],
    ['http://a b.example.com', 'URI is invalid'],
  ])('refuses %s', (url, problem) => {
    expect(externalUrlProblem(url)).toBe(problem);
  });

  it('takes a megabyte apart at once', () => {
    const started = performance.now();
    externalUrlProblem(`http://${'a@'.repeat(500_000)}:${':'.repeat(10_000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
