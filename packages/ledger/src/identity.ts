/** Who asks. Until people can sign in there is one: whoever reaches the loopback address or the local socket. */
export type Identity = { readonly kind: 'local' };

/** The identity of every request while `BUCKY_AUTH` is `off`. */
export const localIdentity: Identity = { kind: 'local' };
