export { createDicomweb, type DicomwebParts } from './create-dicomweb.js';
export type { Exchange } from './exchange.js';
export { asBuckyError, sendProblem, statusOf } from './problem.js';
export { routes, type Route } from './routes.js';
