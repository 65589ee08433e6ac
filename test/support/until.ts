/** Longer than anything here takes, on a machine that is busy with something else. */
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Looks again and again until there is something to see, and answers it.
 *
 * @throws {Error} after a minute, with what was waited for and what was seen last
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  isIt: (seen: T) => boolean = (seen) => Boolean(seen),
): Promise<T> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`no ${what} after ${GIVE_UP_AFTER_MS} ms, last seen: ${JSON.stringify(seen)?.slice(0, 1000)}`);
    }
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
