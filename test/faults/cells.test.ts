import { ACTIVE_CELLS, CELLS, targetsOf } from './cells';
import type { Edge, Fate } from './fates';

/** On which edges a kind of fate can be carried out. */
const EDGES_OF: Partial<Record<Fate['kind'], readonly Edge[]>> = {
  crash: ['lambda', 'table', 'party', 'stream', 'bus', 'queue'],
  skew: ['lambda'],
  stop: ['lambda'],
  stale: ['table'],
  garble: ['api', 'lambda'],
  forge: ['stream', 'bus', 'rule', 'queue'],
  part: ['bus'],
  twin: ['states'],
};

describe('the table of faults', () => {
  it('has a cell for each fault class at each point where it can occur', () => {
    const marks = new Map<string, string>();
    for (const { faultClass, point } of CELLS) marks.set(faultClass, `${marks.get(faultClass) ?? ''}${point}`);

    expect(Object.fromEntries(marks)).toEqual({
      F1: '123456789',
      F2: '123456789',
      F3: '2348',
      F4: '2489',
      F5: '12456789',
      F6: '4567',
      F7: '123456789',
      F8: '38',
      F9: '2567',
      F10: '57',
      F11: '2345789',
      F12: '248',
      F13: '34789',
      F14: '239',
      F15: '239',
      F16: '1289',
      F17: '4678',
      F18: '127',
      F19: '489',
    });
  });

  it('tries every cell but those where there is nothing to strike yet, and says why', () => {
    const notTried = CELLS.filter(({ rule }) => !rule);

    expect(ACTIVE_CELLS).toHaveLength(89);
    expect(notTried.map(({ name }) => name)).toEqual(['F14/2']);
    expect(notTried.filter(({ notYet }) => !notYet)).toEqual([]);
    expect(ACTIVE_CELLS.filter(({ notYet }) => notYet)).toEqual([]);
  });

  it.each(ACTIVE_CELLS.map((cell) => [cell.name, cell] as const))('says in one line what %s means', (_, cell) => {
    expect(cell.rule?.meaning).toMatch(/^[^\n]{20,150}$/);
  });

  it.each(ACTIVE_CELLS.map((cell) => [cell.name, cell] as const))(
    'strikes in %s where each of its fates can be carried out',
    (_, cell) => {
      const edges = targetsOf(cell).flatMap((target) => target.edges);

      for (const { kind } of cell.rule?.fates ?? []) {
        const possible = EDGES_OF[kind];
        if (possible) expect(edges.filter((edge) => possible.includes(edge))).not.toEqual([]);
      }
      expect(cell.rule?.fates.length).toBeGreaterThan(0);
      expect(edges.length).toBeGreaterThan(0);
    },
  );
});
