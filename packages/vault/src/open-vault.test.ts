import { describe, expect, it } from '@jest/globals';
import { openVault, s3Options } from './open-vault.js';

describe('openVault', () => {
  it.each([
    ['', /must begin with file/],
    ['/srv/bucky', /must begin with file/],
    ['http://bucket', /must begin with file/],
    ['file:///srv/bucky?x=1', /takes no parameters/],
    ['file://elsewhere/srv', /folder on this machine/],
    ['s3:///prefix', /names no bucket/],
    ['s3://id:hidden@bucket', /credentials do not belong/],
    ['s3://bucket/100%', /write it as %25/],
    ['s3://bucket?endpiont=http://127.0.0.1', /did you mean endpoint/],
    ['s3://bucket?path_style=true', /did you mean pathStyle/],
    ['s3://bucket?acl=private', /there are endpoint, region, pathStyle, connections/],
    ['s3://bucket?pathStyle=yes', /true or false/],
    ['s3://bucket?endpoint=127.0.0.1:9000', /must be an http/],
    ['s3://bucket?endpoint=http://id:hidden@store', /without credentials/],
    ['s3://bucket?connections=0', /1 to 1000/],
  ])('refuses %j and says why', async (url, message) => {
    const refused = openVault(url);
    await expect(refused).rejects.toMatchObject({ code: 'configuration', message: expect.stringMatching(message) });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringMatching(/hidden/) });
  });

  it('reads bucket, prefix and parameters of an S3 URL', () => {
    const url = new URL(
      's3://bucket/a/b?endpoint=http%3A%2F%2F127.0.0.1%3A9000&region=eu-1&pathStyle=true&connections=8',
    );
    expect(s3Options(url)).toEqual({
      bucket: 'bucket',
      prefix: '/a/b',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-1',
      pathStyle: true,
      connections: 8,
    });
  });
});
