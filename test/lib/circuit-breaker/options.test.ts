import { CircuitOptionsError } from '../../../lib/circuit-breaker/circuit-errors';
import { type CircuitOptions, checkOptions, checkSame } from '../../../lib/circuit-breaker/options';

const messageOf = (options: object): string => {
  try {
    checkOptions(options as CircuitOptions);
  } catch (error) {
    if (error instanceof CircuitOptionsError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the options of a circuit', () => {
  it('have a default each', () => {
    expect(checkOptions({})).toEqual({
      failureThreshold: 5,
      failureRate: 0.5,
      windowMs: 10_000,
      minimumReporters: 1,
      breakMs: 2_000,
      maxBreakMs: 5_000,
      successThreshold: 2,
      probeLeaseMs: 6_000,
      rampMs: 2_000,
      slowCallMs: Number.POSITIVE_INFINITY,
      maxViewAgeMs: Number.POSITIVE_INFINITY,
      judge: expect.any(Function),
    });
  });

  it('that are left undefined have their defaults too', () => {
    const { judge: _, ...settings } = checkOptions({ failureThreshold: undefined, judge: undefined } as object);
    const { judge: __, ...defaults } = checkOptions({});

    expect(settings).toEqual(defaults);
  });

  it('may say that five failures open it for a minute', () => {
    expect(checkOptions({ failureThreshold: 5, breakDurationSeconds: 60 })).toMatchObject({
      failureThreshold: 5,
      breakMs: 60_000,
      maxBreakMs: 60_000,
    });
  });

  it.each<[keyof CircuitOptions, number, number]>([
    ['failureThreshold', 1, 10_000],
    ['failureRate', 0.001, 1],
    ['windowSeconds', 1, 600],
    ['minimumReporters', 1, 16],
    ['successThreshold', 1, 10],
    ['probeLeaseSeconds', 0.1, 900],
    ['rampSeconds', 0, 600],
    ['slowCallSeconds', 0.01, 900],
    ['maxViewAgeSeconds', 0, 3_600],
    ['breakDurationSeconds', 0.1, 3_600],
    ['maxBreakDurationSeconds', 2, 3_600],
  ])('has a %s from %d to %d', (name, least, most) => {
    expect(messageOf({ [name]: least })).toBe('accepted');
    expect(messageOf({ [name]: most })).toBe('accepted');
    expect(messageOf({ [name]: most + 1 })).toMatch(new RegExp(`^${name} must be .*got ${most + 1}$`));
  });

  it.each<[string, object, string]>([
    ['nothing to trip on', { failureThreshold: 0 }, 'failureThreshold must be an integer from 1 to 10000, got 0'],
    ['half a failure', { failureThreshold: 2.5 }, 'failureThreshold must be an integer from 1 to 10000, got 2.5'],
    ['a share of nothing', { failureRate: 0 }, 'failureRate must be a number more than 0 and at most 1, got 0'],
    ['a share in percent', { failureRate: 50 }, 'failureRate must be a number more than 0 and at most 1, got 50'],
    ['a window too short', { windowSeconds: 0.5 }, 'windowSeconds must be a number from 1 to 600, got 0.5'],
    ['no reporter', { minimumReporters: 0 }, 'minimumReporters must be an integer from 1 to 16, got 0'],
    ['half a reporter', { minimumReporters: 1.5 }, 'minimumReporters must be an integer from 1 to 16, got 1.5'],
    ['no break', { breakDurationSeconds: 0 }, 'breakDurationSeconds must be a number from 0.1 to 3600, got 0'],
    ['no probe', { successThreshold: 0 }, 'successThreshold must be an integer from 1 to 10, got 0'],
    ['half a probe', { successThreshold: 1.5 }, 'successThreshold must be an integer from 1 to 10, got 1.5'],
    ['no lease', { probeLeaseSeconds: 0 }, 'probeLeaseSeconds must be a number from 0.1 to 900, got 0'],
    ['a ramp back in time', { rampSeconds: -1 }, 'rampSeconds must be a number from 0 to 600, got -1'],
    ['no time for a call', { slowCallSeconds: 0 }, 'slowCallSeconds must be a number from 0.01 to 900, got 0'],
    ['a view of the future', { maxViewAgeSeconds: -1 }, 'maxViewAgeSeconds must be a number from 0 to 3600, got -1'],
    ['no number', { windowSeconds: Number.NaN }, 'windowSeconds must be a number from 1 to 600, got NaN'],
    ['for ever', { windowSeconds: Infinity }, 'windowSeconds must be a number from 1 to 600, got Infinity'],
    ['a text', { failureThreshold: '5' }, 'failureThreshold must be an integer from 1 to 10000, got 5'],
    ['null', { rampSeconds: null }, 'rampSeconds must be a number from 0 to 600, got null'],
    ['a verdict in place of a judge', { judge: 'failure' }, 'judge must be a function, got string'],
    [
      'a longest break shorter than the first',
      { breakDurationSeconds: 60, maxBreakDurationSeconds: 30 },
      'maxBreakDurationSeconds must be at least breakDurationSeconds, 60, got 30',
    ],
  ])('cannot be %s', (_, options, message) => {
    expect(messageOf(options)).toBe(message);
  });

  it.each(['failureTreshold', 'toString', '__proto__'])('has none of the name %s, and lists those it has', (name) => {
    const options = Object.defineProperty({}, name, { value: 5, enumerable: true });

    expect(messageOf(options)).toMatch(
      new RegExp(`^there is no option ${name}; there are failureThreshold, .* and judge$`),
    );
  });
});

describe('two sets of options for one name', () => {
  const judge = () => 'success' as const;

  it('may be the same', () => {
    const options = { failureThreshold: 3, windowSeconds: 60, judge };

    expect(() => checkSame('carrier', checkOptions(options), checkOptions({ ...options }))).not.toThrow();
    expect(() => checkSame('carrier', checkOptions({}), checkOptions({}))).not.toThrow();
  });

  it('may say the same in other words: what is left out, and its default', () => {
    expect(() => checkSame('carrier', checkOptions({}), checkOptions({ failureThreshold: 5 }))).not.toThrow();
  });

  it('must not differ; the error names the circuit, the option and both values', () => {
    const differ = () => checkSame('carrier', checkOptions({}), checkOptions({ windowSeconds: 60 }));

    expect(differ).toThrow(CircuitOptionsError);
    expect(differ).toThrow('the circuit carrier has windowMs 10000 already, got 60000: one name, one behaviour');
  });

  it('must not have judges that may differ', () => {
    expect(() => checkSame('carrier', checkOptions({ judge }), checkOptions({}))).toThrow(CircuitOptionsError);
  });
});

describe('the verdict on a call, unless it is said otherwise,', () => {
  const { judge } = checkOptions({});

  it.each([
    ['a value', 1],
    ['nothing', undefined],
    ['an error that was returned', new Error('returned')],
  ])('is success when it answers %s', (_, value) => {
    expect(judge({ value })).toBe('success');
  });

  it.each([
    ['an error', new Error('down')],
    ['a text', 'down'],
    ['nothing', undefined],
    ['null', null],
  ])('is failure when it throws %s', (_, error) => {
    expect(judge({ error })).toBe('failure');
  });
});
