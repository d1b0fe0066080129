export { createDicomweb, type DicomwebParts } from './create-dicomweb.js';
export type { Exchange } from './exchange.js';
export { statusOf } from './problem.js';
export { routes, type Route } from './routes.js';
