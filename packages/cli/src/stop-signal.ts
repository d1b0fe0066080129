import { constants } from 'node:os';

/** Waits for the first request to stop; a second one ends the process at once. */
export interface StopSignal {
  readonly asked: Promise<void>;
  readonly signal: AbortSignal;
  forget(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Has SIGINT and SIGTERM end the process at once, whatever it waits for, until the returned function is called. Nothing is
 * lost by it. The first process of a container needs this: a signal nobody listens for does nothing there.
 */
export function endOnSignal(): () => void {
  const end = (name: (typeof signals)[number]): never => process.exit(128 + constants.signals[name]);
  for (const name of signals) process.on(name, end);
  return () => {
    for (const name of signals) process.off(name, end);
  };
}

/** Listens for SIGINT and SIGTERM. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const asked = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const stop = (): void => {
    forget();
    forget = endOnSignal();
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  let forget = (): void => {
    for (const name of signals) process.off(name, stop);
  };
  return {
    asked,
    signal: controller.signal,
    forget() {
      forget();
    },
  };
}
