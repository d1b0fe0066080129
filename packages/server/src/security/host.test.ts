import { describe, expect, it } from '@jest/globals';
import { checkHost, isLoopback } from './host.js';

const forbidden = expect.objectContaining({ code: 'forbidden' }) as unknown as Error;

describe('checkHost', () => {
  it.each(['localhost:8042', '127.0.0.1:8042', '127.8.9.1:8042', '[::1]:8042', 'LocalHost:8042'])(
    'lets %s in, which is this machine and the right port',
    (host) => {
      expect(() => {
        checkHost(host, 8042, []);
      }).not.toThrow();
    },
  );

  it.each(['localhost', '127.0.0.1', '[::1]'])('lets %s in without a port, as some clients write it', (host) => {
    expect(() => {
      checkHost(host, 8042, []);
    }).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'localhost:8043',
    'evil.example:8042',
    'localhost.evil.example:8042',
    '127.0.0.1.evil.example:8042',
    'evil.example@localhost:8042',
    'localhost:8042 evil',
    'localhost:8042/evil',
    '[::1:8042',
    '192.168.1.5:8042',
    '0.0.0.0:8042',
    '127.999.1.1:8042',
    '127.1:8042',
  ])('refuses %p', (host) => {
    expect(() => {
      checkHost(host, 8042, ['pacs.example.org']);
    }).toThrow(forbidden);
  });

  it('lets a configured name in with any port, or with the one it was configured with', () => {
    const hosts = ['pacs.example.org', 'Two.example.org:444'];
    for (const host of ['pacs.example.org', 'PACS.example.org:8443', 'two.example.org:444']) {
      expect(() => {
        checkHost(host, 8042, hosts);
      }).not.toThrow();
    }
    for (const host of ['two.example.org', 'two.example.org:445']) {
      expect(() => {
        checkHost(host, 8042, hosts);
      }).toThrow(forbidden);
    }
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.org', false],
    ['127.999.1.1', false],
    ['LOCALHOST', true],
  ])('says of %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
