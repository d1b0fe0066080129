import { pino, type DestinationStream } from 'pino';

/** What a line of the log may tell besides its event; never patient data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Severities, least first: `error` wakes somebody, `warn` is looked at tomorrow, `info` tells a study's story. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Writes events in the past tense (`server.started`), each a JSON line. */
export type Log = Readonly<Record<LogLevel, (event: string, fields?: LogFields) => void>>;

export interface LogOptions {
  readonly level: LogLevel;
  /** Standard output unless told otherwise. */
  readonly destination?: DestinationStream;
}

/** Makes a log of JSON lines: level, time, event, then the fields. */
export function createLog({ level, destination }: LogOptions): Log {
  const options = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  const at =
    (one: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      logger[one](fields, event);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
