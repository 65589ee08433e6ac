import { keyedCircuits } from '../../../lib/circuit-breaker/keyed-circuits';
import { circuitFleet, succeed, trip } from '../../support/circuit-fleet';

const carriers = () => keyedCircuits(circuitFleet().start(), 'carrier', (shard: string) => shard);

describe('circuits by key', () => {
  it('are apart: one that is open takes no other with it', async () => {
    const circuitOf = carriers();
    await trip(circuitOf('north'));

    expect([await succeed(circuitOf('north')), await succeed(circuitOf('south'))]).toEqual(['open', 'done']);
  });

  it('are the same for the same key, and named after it', () => {
    const circuitOf = carriers();

    expect(circuitOf('north')).toBe(circuitOf('north'));
    expect(circuitOf('north').name).toBe('carrier:north');
  });

  it.each([
    ['north/west #7', 'carrier:north_west__7'],
    ['a'.repeat(80), `carrier:${'a'.repeat(64)}`],
    ['', 'carrier'],
  ])('have a name that can be stored: of %j', (key, name) => {
    expect(carriers()(key).name).toBe(name);
  });

  it('are a hundred at most; a key beyond them shares the circuit of the party', () => {
    const circuitOf = carriers();
    for (let key = 0; key < 100; key += 1) expect(circuitOf(`k${key}`).name).toBe(`carrier:k${key}`);

    expect([circuitOf('k100').name, circuitOf('k101').name, circuitOf('k7').name]).toEqual([
      'carrier',
      'carrier',
      'carrier:k7',
    ]);
  });
});
