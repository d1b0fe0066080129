import { BuckyError } from '@bucky/dicom';
import { describe, expect, it } from '@jest/globals';
import { thrownFields } from './thrown-fields.js';

/** An error as libraries throw it: with its input in its text. */
function foreign(): Error {
  return Object.assign(new SyntaxError('Unexpected token D in "DOE^JANE"\n    at DOE^JANE'), { code: 'EPARSE' });
}

describe('thrownFields', () => {
  it('tells all of our own errors, whose text holds no patient data', () => {
    const fields = thrownFields(new BuckyError('full', 'The disk is full'));
    expect(fields).toEqual({ code: 'full', reason: 'The disk is full' });
  });

  it('tells of any other error its class, its code and where it arose, never its text', () => {
    const fields = thrownFields(foreign());
    expect(fields).toMatchObject({ code: 'internal', reason: 'SyntaxError EPARSE' });
    expect(fields['stack']).toContain('at foreign (');
    expect(JSON.stringify(fields)).not.toContain('DOE');
  });

  it('keeps the text of a cause out, too', () => {
    const fields = thrownFields(new BuckyError('unavailable', 'The vault does not answer', { cause: foreign() }));
    expect(fields).toMatchObject({ cause: 'SyntaxError EPARSE' });
    expect(JSON.stringify(fields)).not.toContain('DOE');
  });

  it('tells where a bug arose that was made one of our errors', () => {
    const fields = thrownFields(new BuckyError('internal', 'Internal error', { cause: foreign() }));
    expect(fields['stack']).toContain('at foreign (');
    expect(JSON.stringify(fields)).not.toContain('DOE');
  });

  it('tells only the type of what is no error', () => {
    expect(thrownFields('DOE^JANE')).toEqual({ code: 'internal', reason: 'string', stack: undefined });
  });
});
