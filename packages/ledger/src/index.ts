export { access, type Right } from './access.js';
export { localIdentity, type Identity } from './identity.js';
