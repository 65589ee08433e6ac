/**
 * The smallest part of a list that still fails, found by leaving out ever smaller pieces (delta debugging): of what it
 * answers, no single member can be left out unless the reruns came to their end.
 *
 * `reruns` is counted down; at 0 it answers the smallest so far.
 *
 * @see Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28(2), 2002 (`ddmin`)
 */
export async function shrink<Member>(
  members: readonly Member[],
  fails: (part: readonly Member[]) => Promise<boolean>,
  reruns: { left: number },
): Promise<readonly Member[]> {
  let smallest = members;
  let pieces = 2;
  const stillFails = async (part: readonly Member[]) => {
    reruns.left -= 1;
    return fails(part);
  };
  if (smallest.length > 0 && reruns.left > 0 && (await stillFails([]))) return [];
  while (smallest.length > 1 && reruns.left > 0) {
    const size = Math.ceil(smallest.length / pieces);
    let smaller: readonly Member[] | undefined;
    for (let from = 0; from < smallest.length && !smaller && reruns.left > 0; from += size) {
      const rest = [...smallest.slice(0, from), ...smallest.slice(from + size)];
      if (rest.length > 0 && (await stillFails(rest))) smaller = rest;
    }
    if (smaller) {
      smallest = smaller;
      pieces = Math.max(pieces - 1, 2);
    } else if (size === 1) {
      break;
    } else {
      pieces = Math.min(pieces * 2, smallest.length);
    }
  }
  return smallest;
}
