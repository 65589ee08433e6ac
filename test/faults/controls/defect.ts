/** A deliberate mistake in the product, of the kind that a change may bring in. */
export interface Defect {
  /** What the code does wrong, in a few words; unique. */
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What goes wrong then, and so what the code that is broken here is for. */
  readonly why: string;
  /** Cells of the matrix that are tried before all others, such as `F3/2`; only the order of the search depends on it. */
  readonly cells?: readonly string[];
  /** The test that finds it, where the matrix cannot by nature; from the root of the project. */
  readonly test?: string;
}

/**
 * The text of the file with the mistake in it.
 *
 * @throws {Error} when the place is not there exactly once: the code has changed, and the defect must be written anew.
 */
export function plant({ name, file, find, replace }: Defect, text: string): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`defect "${name}": its place must be in ${file} once, is there ${places} times`);
  return text.replace(find, () => replace);
}
