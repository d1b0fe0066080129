import { BuckyError } from '@bucky/dicom';
import { createLog, isLoopback, startServer } from '@bucky/server';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';
import { compose, serverConfigOf } from '../compose.js';
import { defaultConfig, type Config } from '../config.js';
import { readConfig } from '../config/read-config.js';
import { endOnSignal, stopSignal } from '../stop-signal.js';

/** `bucky serve`. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve DICOMweb and the viewer until stopped',
  help: `Usage: bucky serve [--config PATH]

Serves DICOMweb at /dicom-web, the viewer at /viewer/, /healthz, /readyz and /metrics, until SIGINT or SIGTERM; requests
under way may then end. Writes its log to standard output as JSON lines.

Listens on ${defaultConfig.host}:${defaultConfig.port} unless BUCKY_HOST and BUCKY_PORT say otherwise, and keeps everything in ./${defaultConfig.data} unless BUCKY_DATA
does; bucky config prints what is in force.

  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, { env, err }) {
    const { texts } = parseArguments(args, {});
    const { config } = readConfig(env, texts.get('config'));
    refuseUnsafe(config);
    const log = createLog({ level: config.logLevel });
    const started = endOnSignal();
    const composed = await compose(config, log).finally(started);
    if (composed === undefined) {
      throw new BuckyError('locked', `Another bucky holds the archive in ${config.data}`);
    }
    const stop = stopSignal();
    try {
      const { host, port } = config;
      const server = await startServer({
        archive: composed.archive,
        config: { ...serverConfigOf(config), tcp: { host, port } },
        log,
      });
      const shownHost = host.includes(':') ? `[${host}]` : host;
      err.write(`Bucky is at http://${shownHost}:${server.port ?? port}/\n${openDoor}`);
      log.warn('access.open', { note: 'BUCKY_AUTH is off: anyone on this machine can read everything' });
      const failure = await Promise.race([stop.asked, server.failed]);
      await server.close();
      if (failure !== undefined) throw failure;
    } finally {
      stop.forget();
      await composed.close();
    }
    return 0;
  },
};

const openDoor = `
  ! BUCKY_AUTH is off: nobody signs in, so ANYONE ON THIS MACHINE CAN READ EVERYTHING in this archive and add to it.
  ! Do not put it behind a proxy that others can reach.

`;

/** Throws `configuration` for settings under which others could reach what nobody guards. */
export function refuseUnsafe({ auth, host }: Pick<Config, 'auth' | 'host'>): void {
  if (auth === 'on') {
    const message = 'BUCKY_AUTH is on, but nobody can sign in yet: set it to off, and only this machine is served';
    throw new BuckyError('configuration', message);
  }
  if (!isLoopback(host)) {
    const message = `Cannot listen on ${host} while BUCKY_AUTH is off: anyone who reaches it could read everything. Use a loopback address: 127.0.0.1, ::1 or localhost`;
    throw new BuckyError('configuration', message);
  }
}
