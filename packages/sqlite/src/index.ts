export { Database, type OpenDatabase, type Row, type SqlValue } from './database.js';
export { tryLock, type Lock } from './lock.js';
export { migrate } from './migrate.js';
export { openReaders, type OpenReaders, type Readers } from './readers.js';
export { WorkerError } from './worker-message.js';
export { openWriter, type OpenWriter, type Writer } from './writer.js';
