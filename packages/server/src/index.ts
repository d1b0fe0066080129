export { createLog, logLevels, type Log, type LogFields, type LogLevel, type LogOptions } from './log.js';
export { isLoopback } from './security/host.js';
export { startPurging, type Purging } from './purging.js';
export { startServer, type RunningServer, type ServerConfig, type ServerParts } from './start-server.js';
export { thrownFields } from './thrown-fields.js';
