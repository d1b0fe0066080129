import { describe, expect, it } from '@jest/globals';
import { checkTransferCoding } from './transfer-coding.js';

describe('the Transfer-Encoding of a request', () => {
  it.each([undefined, 'chunked', ' Chunked '])('may be %s', (header) => {
    expect(() => {
      checkTransferCoding(header);
    }).not.toThrow();
  });

  it.each(['gzip, chunked', 'deflate', 'chunked, chunked', 'x-chunked'])('may not be %s (RFC 9112 6.1)', (header) => {
    expect(() => {
      checkTransferCoding(header);
    }).toThrow(expect.objectContaining({ code: 'not-implemented' }));
  });
});
