/** One text for each searchable keyword of an Instance: the values of all three levels, decoded to UTF-8. */
export interface SearchableValues {
  readonly [keyword: string]: string | undefined;
}
