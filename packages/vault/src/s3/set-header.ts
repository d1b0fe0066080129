/** Makes a step for the middleware of a command, which sets a header of its request before that is signed. */
export function setHeader(name: string, value: string) {
  return <Args extends { readonly request: unknown }, Result>(next: (args: Args) => Promise<Result>) =>
    (args: Args): Promise<Result> => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers[name] = value;
      return next(args);
    };
}
