/**
 * A number from 0 (included) to 1 (excluded) that the seed and the text decide alone. There is no sequence, so leaving one order
 * or one fault out of a run changes nothing for all others: that is what makes a failing run small.
 *
 * @see FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), with the finalizer of MurmurHash3
 */
export function draw(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** One of the choices, each as likely. @throws {RangeError} when there is none */
export function pick<Choice>(seed: number, text: string, choices: readonly Choice[]): Choice {
  const index = Math.floor(draw(seed, text) * choices.length);
  if (index >= choices.length) throw new RangeError('there is nothing to choose from');
  return choices[index] as Choice;
}
