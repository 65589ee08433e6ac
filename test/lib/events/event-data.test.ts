import * as v from 'valibot';
import { castData, check, checkData, newestVersion } from '../../../lib/events/event-data';
import { defineEvent, nextVersion } from '../../../lib/service/event-contract';
import { lampLit, lampSold } from './made-up-events';

const NEWEST = { lampId: 'l-1', weight: { kilograms: 2 } };

describe('the data of an event', () => {
  it('have as many versions as their contract', () => {
    expect([newestVersion(lampLit), newestVersion(lampSold)]).toEqual([1, 3]);
  });

  it('are what their schema knows of them', () => {
    expect(checkData(lampLit, 1, { lampId: 'l-1', watts: 7, colour: 'red' })).toEqual({ lampId: 'l-1', watts: 7 });
  });

  it.each([
    [{ lampId: 'l-1' }, 'watts is required'],
    [{ lampId: 'l-1', watts: 'Alice' }, 'watts must be number'],
    ['Alice', 'data must be Object'],
    [undefined, 'data is required'],
  ])('that are wrong name the place, what is wanted, and not what was found: %j', (data, problem) => {
    expect(() => checkData(lampLit, 1, data)).toThrow(
      expect.objectContaining({ name: 'EventInvalidError', message: `lamp.lit version 1 is not valid: ${problem}` }),
    );
  });

  it('name all places at once', () => {
    expect(() => checkData(lampSold, 3, { weight: {} })).toThrow('lampId is required; weight.kilograms is required');
  });

  it('show no value even where a check has words of its own', () => {
    const Schema = v.pipe(
      v.string(),
      v.check((text) => text === '', 'Alice is not empty'),
    );

    expect(() => check('an event', Schema, 'Alice', 'name')).toThrow('an event is not valid: name is not valid');
  });

  it.each([0, 4])('of version %d are not known', (version) => {
    expect(() => checkData(lampSold, version, NEWEST)).toThrow(
      expect.objectContaining({
        name: 'UnknownVersionError',
        message: `lamp.sold is known here up to version 3, got ${version}`,
      }),
    );
  });
});

describe('making data of one version into those of another', () => {
  it.each([
    [1, 3, { lampId: 'l-1', grams: 2000 }, NEWEST],
    [1, 2, { lampId: 'l-1', grams: 2000 }, { lampId: 'l-1', kilograms: 2 }],
    [3, 2, NEWEST, { lampId: 'l-1', kilograms: 2 }],
    [3, 3, NEWEST, NEWEST],
  ])('goes version by version: %d to %d', (from, to, data, expected) => {
    expect(castData(lampSold, from, to, data)).toEqual(expected);
  });

  it('does not go below what lives on', () => {
    expect(() => castData(lampSold, 3, 1, NEWEST)).toThrow('lamp.sold is known here up to version 3, got 1');
  });

  it('checks before the first step and after each', () => {
    expect(() => castData(lampSold, 1, 3, { lampId: 'l-1' })).toThrow('version 1 is not valid: grams is required');
    expect(() => castData(lampSold, 1, 3, { lampId: 'l-1', grams: Number.NaN })).toThrow('grams must be number');
  });

  it('tells a cast that fails from broken data by its cause', () => {
    const cause = new TypeError('Alice');
    const broken = nextVersion(defineEvent({ ...lampLit, type: 'lamp.broken' }, v.object({})), v.object({}), {
      upcast: () => {
        throw cause;
      },
    });

    expect(() => castData(broken, 1, 2, {})).toThrow(
      expect.objectContaining({
        message: 'lamp.broken version 2 is not valid: it cannot be made of the version beside it',
        cause,
      }),
    );
  });
});
