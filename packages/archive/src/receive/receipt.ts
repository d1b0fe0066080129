import { randomBytes } from 'node:crypto';

/** Crockford's base 32: digits and letters in the order of their ASCII codes, so that text sorts as the number does. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 10;
const tailLength = 16;
const tailLimit = 1n << 80n;

/** Makes receipts: 26 characters, each greater than the one before, whatever the clock does. */
export interface ReceiptMaker {
  next(): string;
}

/** Makes receipts that begin with the time in milliseconds and are all greater than `after`. */
export function receiptMaker(
  options: { readonly after?: string | undefined; readonly now?: () => number } = {},
): ReceiptMaker {
  const now = options.now ?? Date.now;
  let { time, tail } = options.after === undefined ? { time: 0, tail: 0n } : take(options.after);
  return {
    next(): string {
      const clock = now();
      if (clock > time) {
        time = clock;
        tail = BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
      } else if (++tail >= tailLimit) {
        time += 1;
        tail = 0n;
      }
      return write(BigInt(time), timeLength) + write(tail, tailLength);
    },
  };
}

/** Writes what comes before all receipts made from a moment on. */
export function receiptAt(moment: Date): string {
  return write(BigInt(Math.max(0, moment.getTime())), timeLength);
}

/** Reads when a receipt was made. */
export function receiptTime(receipt: string): Date {
  return new Date(Number(read(receipt.slice(0, timeLength))));
}

function write(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text;
  return text;
}

function take(receipt: string): { time: number; tail: bigint } {
  return { time: Number(read(receipt.slice(0, timeLength))), tail: read(receipt.slice(timeLength)) };
}

function read(text: string): bigint {
  let value = 0n;
  for (const character of text) value = (value << 5n) | BigInt(Math.max(0, alphabet.indexOf(character)));
  return value;
}
