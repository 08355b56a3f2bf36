import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy-for.ts';

const proxy = 'http://proxy.example.com:3128';

describe('proxyFor', () => {
  it.each([
    ['https://api.github.com', { HTTPS_PROXY: proxy }, proxy],
    ['https://api.github.com', { https_proxy: proxy }, proxy],
    ['https://api.github.com', { HTTPS_PROXY: 'proxy.example.com:3128' }, proxy],
    ['https://api.github.com', { HTTP_PROXY: proxy }, null],
    ['http://git.example.com', { HTTPS_PROXY: proxy }, null],
    ['http://git.example.com', { HTTP_PROXY: proxy }, proxy],
    ['https://api.github.com', { HTTPS_PROXY: '' }, null],
    ['https://localhost:8443', { HTTPS_PROXY: proxy }, null],
    ['https://127.1.2.3', { HTTPS_PROXY: proxy }, null],
    ['https://[::1]:3000', { HTTPS_PROXY: proxy }, null],
  ])('asks %s with %j through %s', (origin, env, expected) => {
    expect(proxyFor(origin, env)).toBe(expected);
  });

  it.each([
    ['*', 'https://git.example.com'],
    ['example.com', 'https://git.example.com'],
    ['other.com, EXAMPLE.com', 'https://example.com'],
    ['.example.com', 'https://git.example.com'],
    ['*.example.com', 'https://git.example.com'],
    ['git.example.com:8443', 'https://git.example.com:8443'],
    ['git.example.com:443', 'https://git.example.com'],
    ['10.0.0.0/8', 'https://10.1.2.3:8443'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443'],
    ['fd00::/8', 'https://[fd00::1]'],
    ['fd00::1', 'https://[fd00::1]'],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443'],
  ])('asks directly what NO_PROXY=%s says: %s', (list, origin) => {
    expect(proxyFor(origin, { HTTPS_PROXY: proxy, NO_PROXY: list })).toBeNull();
    expect(proxyFor(origin, { HTTPS_PROXY: proxy, no_proxy: list })).toBeNull();
  });

  it.each([
    ['example.com', 'https://notexample.com'],
    ['.example.com', 'https://example.com'],
    ['git.example.com:443', 'https://git.example.com:8443'],
    ['10.0.0.0/8', 'https://11.1.2.3'],
    ['10.0.0.0/99', 'https://10.1.2.3'],
    ['10.1.2.3', 'https://10.1.2.30'],
    ['git/8', 'https://git'],
    [' , ,', 'https://git.example.com'],
  ])('asks through the proxy what NO_PROXY=%s does not say: %s', (list, origin) => {
    expect(proxyFor(origin, { HTTPS_PROXY: proxy, NO_PROXY: list })).toBe(proxy);
  });

  it('refuses what is no address, without repeating the password in it', () => {
    expect(() => proxyFor('https://git.example.com', { HTTPS_PROXY: 'http://me:hunter2@pro xy' })).toThrow(
      'asking https://git.example.com: HTTPS_PROXY is no address of a proxy',
    );
  });
});
