import { CircuitOptionsError } from '../../../lib/circuit-breaker/circuit-errors';
import { Circuits, type CircuitsDependencies } from '../../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { begin, circuitFleet, fail, succeed, trip } from '../../support/circuit-fleet';

describe('the circuits of a process', () => {
  it('are the same object for the same name', () => {
    const circuits = circuitFleet().start();

    expect(circuits.circuit('carrier', { failureThreshold: 3 })).toBe(
      circuits.circuit('carrier', { failureThreshold: 3 }),
    );
    expect(circuits.circuit('carrier', { failureThreshold: 3 })).not.toBe(circuits.circuit('post'));
  });

  it('cannot have two behaviours under one name', () => {
    const circuits = circuitFleet().start();
    circuits.circuit('carrier', { failureThreshold: 3 });

    expect(() => circuits.circuit('carrier', { failureThreshold: 4 })).toThrow(CircuitOptionsError);
    expect(() => circuits.circuit('carrier')).toThrow('the circuit carrier has failureThreshold 3 already, got 5');
  });

  it.each(['', 'a b', '-carrier', 'carrier/north', 'x'.repeat(129)])('cannot have the name %j', (name) => {
    expect(() => circuitFleet().start().circuit(name)).toThrow(CircuitOptionsError);
  });

  it.each<[string, Partial<CircuitsDependencies>, string]>([
    ['a service without a name', { service: '' }, 'service must match'],
    [
      'a store that is never waited for',
      { storeTimeoutMs: 0 },
      'storeTimeoutMs must be a number from 10 to 5000, got 0',
    ],
    ['a store that is waited for too long', { storeTimeoutMs: 5_001 }, 'got 5001'],
    ['a limit that is no number', { storeTimeoutMs: Number.NaN }, 'got NaN'],
    ['a reporter below 0', { reporter: -1 }, 'reporter must be an integer from 0 to 15, got -1'],
    ['a reporter beyond the last', { reporter: 16 }, 'got 16'],
    ['half a reporter', { reporter: 0.5 }, 'got 0.5'],
  ])('cannot have %s', (_, dependencies, message) => {
    const make = () => new Circuits({ service: 'shipping', store: memoryCircuitStore(), ...dependencies });

    expect(make).toThrow(CircuitOptionsError);
    expect(make).toThrow(message);
  });

  it('are known to the first call when they were loaded before', async () => {
    const fleet = circuitFleet();
    await trip(fleet.instance());
    const circuits = fleet.start();
    const circuit = circuits.circuit('carrier');

    await circuits.load();
    fleet.health = 'silent';

    expect(await succeed(circuit)).toBe('open');
  });

  it('load without an error when the store is down', async () => {
    const fleet = circuitFleet();
    fleet.health = 'down';
    const circuits = fleet.start();

    await expect(circuits.load()).resolves.toBeUndefined();
    expect(await succeed(circuits.circuit('carrier'))).toBe('done');
  });

  it('are refreshed together, by one look for all that ask at once', async () => {
    const fleet = circuitFleet();
    const circuits = fleet.start();
    const names = ['carrier', 'post', 'bikes'].map((name) => circuits.circuit(name));

    await Promise.all([...names, ...names].map(begin));

    expect(fleet.requests.looks).toBe(1);
  });

  it('ask anew when a look was lost with the connection of a frozen process', async () => {
    const fleet = circuitFleet();
    const circuit = fleet.instance();
    fleet.health = 'silent';
    const first = await begin(circuit);
    await fleet.clock.advance(100);
    expect(first.isSent()).toBe(true);
    fleet.health = 'well';
    await trip(fleet.instance());

    await fleet.clock.advance(3_600_000);
    await fail(fleet.instance());

    expect(await succeed(circuit)).toBe('open');
  });

  it('tell of each transition, whatever becomes of what they tell', async () => {
    const told: string[] = [];
    const fleet = circuitFleet();
    const instance = fleet.instance({
      onTransition: ({ kind }) => {
        told.push(kind);
        throw new Error('nobody listens');
      },
    });

    await trip(instance);
    await fleet.clock.advance(2_000);

    expect([await succeed(instance), await succeed(instance)]).toEqual(['done', 'done']);
    expect(told).toEqual(['opened', 'closed']);
  });
});
