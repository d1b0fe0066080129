import { BuckyError } from '@bucky/dicom';
import type { LogFields } from './log.js';

/**
 * What a log may say of something thrown. The text of an error that is not ours may quote its input, which may be patient
 * data, so only its class, its code and where it arose are told.
 */
export function thrownFields(thrown: unknown): LogFields {
  if (thrown instanceof BuckyError) {
    const { cause } = thrown;
    const fields = { code: thrown.code, reason: thrown.message };
    if (cause === undefined) return fields;
    const caused = { ...fields, cause: describe(cause) };
    return thrown.code === 'internal' ? { ...caused, stack: frames(cause) } : caused;
  }
  return { code: 'internal', reason: describe(thrown), stack: frames(thrown) };
}

function describe(thrown: unknown): string {
  if (thrown instanceof BuckyError) return `${thrown.code}: ${thrown.message}`;
  if (!(thrown instanceof Error)) return typeof thrown;
  const { code, syscall } = thrown as { code?: unknown; syscall?: unknown };
  const details = [code, syscall].filter((one) => typeof one === 'string' || typeof one === 'number');
  return [thrown.name, ...details].join(' ');
}

/** The lines of a stack that name code, without the message above them. */
function frames(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { stack = '', message } = thrown;
  const lines = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return lines.map((line) => line.trim()).join('; ');
}
