import { describe, expect, it } from '@jest/globals';
import { checkOrigin, type Asked } from './origin.js';

const corsOrigins = ['https://worklist.example.org'];
const post: Asked = { method: 'POST', host: '127.0.0.1:8042', origin: undefined, fetchSite: undefined };

function isRefused(asked: Partial<Asked>): boolean {
  try {
    checkOrigin({ ...post, ...asked }, corsOrigins);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return true;
  }
}

describe('checkOrigin', () => {
  it.each<[string, Partial<Asked>]>([
    ['a client that is no browser', {}],
    ['a page of ours', { origin: 'http://127.0.0.1:8042', fetchSite: 'same-origin' }],
    ['a page of ours behind a proxy with TLS', { host: 'pacs.example.org', origin: 'https://pacs.example.org' }],
    ['what the person typed', { fetchSite: 'none' }],
    ['a page of a configured origin', { origin: 'https://worklist.example.org', fetchSite: 'cross-site' }],
    ['a foreign page that only reads', { method: 'GET', origin: 'https://evil.example', fetchSite: 'cross-site' }],
    ['a preflight', { method: 'OPTIONS', origin: 'https://evil.example', fetchSite: 'cross-site' }],
  ])('lets pass %s', (_what, asked) => {
    expect(isRefused(asked)).toBe(false);
  });

  it.each<[string, Partial<Asked>]>([
    ['a foreign page', { origin: 'https://evil.example', fetchSite: 'cross-site' }],
    ['a foreign page of a browser without Sec-Fetch-Site', { origin: 'https://evil.example' }],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:3000', fetchSite: 'same-site' }],
    ['a page that hides its origin', { origin: 'null' }],
    ['a foreign form without Origin', { fetchSite: 'cross-site' }],
    ['another site below a shared name', { fetchSite: 'same-site' }],
    ['an origin that only begins like ours', { origin: 'http://127.0.0.1:8042.evil.example' }],
    ['a method nobody knows', { method: 'PROPFIND', origin: 'https://evil.example' }],
  ])('refuses a write of %s', (_what, asked) => {
    expect(isRefused(asked)).toBe(true);
  });
});
