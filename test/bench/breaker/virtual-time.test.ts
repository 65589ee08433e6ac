import { VirtualTime } from './virtual-time';

describe('virtual time', () => {
  it('lets events happen in the order of their instants, and of asking at the same instant', async () => {
    const time = new VirtualTime(1000);
    const seen: string[] = [];
    const note = (what: string) => () => seen.push(`${what} ${time.now}`);
    for (const [delayMs, what] of [
      [30, 'd'],
      [10, 'b'],
      [10, 'c'],
      [0, 'a'],
      [30, 'e'],
      [99, 'f'],
    ] as const) {
      time.after(delayMs, note(what));
    }

    await time.runUntil(1050);

    expect(seen).toEqual(['a 1000', 'b 1010', 'c 1010', 'd 1030', 'e 1030']);
    expect(time.now).toBe(1050);
  });

  it('lets all that an event sets off by promises be over before the next event', async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    const long = async () => {
      for (let step = 0; step < 200; step += 1) await Promise.resolve();
      seen.push('long is over');
    };
    time.after(1, () => void long());
    time.after(1, () => seen.push('next'));

    await time.runUntil(10);

    expect(seen).toEqual(['long is over', 'next']);
  });

  it('lets what is cancelled not happen', async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    const cancel = time.after(5, () => seen.push(5));
    time.after(1, cancel);

    await time.runUntil(10);

    expect(seen).toEqual([]);
  });

  it('takes hundreds of events in any order, and those that they ask for', async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    for (let index = 0; index < 500; index += 1) {
      time.after((index * 7919) % 1000, () => {
        seen.push(time.now);
        if (index % 2 === 0) time.after(3, () => seen.push(time.now));
      });
    }

    await time.runUntil(2000);

    expect(seen).toHaveLength(750);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
  });

  it('ends with what an event throws', async () => {
    const time = new VirtualTime(0);
    time.after(1, () => {
      throw new Error('broken');
    });

    await expect(time.runUntil(10)).rejects.toThrow('broken');
  });
});
