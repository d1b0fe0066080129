export { createDicomweb, type DicomwebParts } from './create-dicomweb.js';
export { templateOf } from './capabilities.js';
export type { Exchange } from './exchange.js';
export { asBuckyError, sendProblem, statusOf } from './problem.js';
export {
  descriptionOf,
  pathParameters,
  routeDescriptions,
  type AnswerDescription,
  type QueryParameter,
  type RouteDescription,
} from './route-descriptions.js';
export { routes, type Route } from './routes.js';
