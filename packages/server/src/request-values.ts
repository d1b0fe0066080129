import { BuckyError } from '@bucky/dicom';
import type { Request } from 'express';

/** Gets a query parameter that may be given once. Throws `invalid`. */
export function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name];
  if (value !== undefined && typeof value !== 'string') throw new BuckyError('invalid', `There may be one "${name}"`);
  return value;
}

/** Gets a query parameter that is a whole number. Throws `invalid`. */
export function numberOf(req: Request, name: string, otherwise: number): number {
  const text = textOf(req, name) ?? String(otherwise);
  if (!/^\d{1,15}$/.test(text)) throw new BuckyError('invalid', `The ${name} must be a whole number`);
  return Number(text);
}

/** Gets a parameter of the path. */
export function paramOf(req: Request, name: string): string {
  const value: unknown = req.params[name];
  if (typeof value !== 'string') throw new TypeError(`This route has no ${name}`);
  return value;
}
