export { compose, serverConfigOf, socketPathOf, type Composed } from './compose.js';
export { main } from './main.js';
