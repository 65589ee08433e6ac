import fc from 'fast-check';
import { services } from '../../functions/services';
import { castData, checkData } from '../../lib/events/event-data';
import { toEnvelopes } from '../../lib/events/event-envelope';
import { toAsyncApi } from '../../lib/service/asyncapi';
import { type EventContract, liveVersions } from '../../lib/service/event-contract';
import { releaseName, toReleasedEvent } from '../../lib/service/event-schema';
import { validatorOf, valuesAllowedBy } from '../support/json-schema';

const contracts = services.flatMap(({ events = [] }) => events);
const steps = contracts.flatMap((contract) =>
  contract.versions.slice(1).map((_, index) => ({ contract, older: index + 1 })),
);
const lasting = steps.filter(({ contract, older }) => liveVersions(contract).includes(older));
const dataOf = (contract: EventContract, version: number) => valuesAllowedBy(toReleasedEvent(contract, version));
const validatorOfData = (contract: EventContract, version: number) => validatorOf(toReleasedEvent(contract, version));

it('some event has two versions, both of which are published', () => {
  expect(lasting.map(({ contract, older }) => releaseName(contract.type, older))).toContain('order.confirmed.v1');
});

describe.each(steps)('$contract.type, version $older', ({ contract, older }) => {
  it('is made into valid data of the next version, whatever its data are', () => {
    const validate = validatorOfData(contract, older + 1);
    fc.assert(
      fc.property(dataOf(contract, older), (data) => {
        expect(validate(castData(contract, older, older + 1, data))).toBe(true);
      }),
    );
  });
});

describe.each(lasting)('$contract.type, version $older beside the next', ({ contract, older }) => {
  it('is valid when it is made of the next version, whatever its data are', () => {
    const validate = validatorOfData(contract, older);
    fc.assert(
      fc.property(dataOf(contract, older + 1), (data) => {
        expect(validate(castData(contract, older + 1, older, data))).toBe(true);
      }),
    );
  });

  it('loses nothing on its way through the next version', () => {
    fc.assert(
      fc.property(dataOf(contract, older), (data) => {
        expect(castData(contract, older + 1, older, castData(contract, older, older + 1, data))).toEqual(data);
      }),
    );
  });

  it('brings back all of the next version that it can say', () => {
    fc.assert(
      fc.property(dataOf(contract, older), (data) => {
        const sayable = castData(contract, older, older + 1, data);

        expect(castData(contract, older, older + 1, castData(contract, older + 1, older, sayable))).toEqual(sayable);
      }),
    );
  });
});

describe.each(contracts)('$type', (contract) => {
  const { type, versions, aggregate, source } = contract;

  it('is checked by the handlers as its JSON Schema says', () => {
    const validate = validatorOfData(contract, versions.length);
    const spoilt = fc
      .tuple(
        dataOf(contract, versions.length),
        fc.constantFrom(...(toReleasedEvent(contract, versions.length).required as string[])),
        fc.jsonValue(),
      )
      .map(([data, name, value]) => ({ ...(data as object), [name]: value }));
    const accepts = (data: unknown) => {
      try {
        checkData(contract, versions.length, data);
        return true;
      } catch {
        return false;
      }
    };

    fc.assert(
      fc.property(fc.oneof(dataOf(contract, versions.length), spoilt), (data) => {
        expect(accepts(data)).toBe(validate(data));
      }),
    );
  });

  it('comes onto the bus as the AsyncAPI document says, once in every version that lives', () => {
    const document = toAsyncApi(services);
    const validators = liveVersions(contract).map((version) =>
      validatorOf(document, `#/components/messages/${releaseName(type, version)}/payload`),
    );
    fc.assert(
      fc.property(dataOf(contract, versions.length), fc.integer({ min: 1 }), (data, sequence) => {
        const about = (data as Record<string, string>)[aggregate] ?? '';
        fc.pre(about !== '');
        const entry = {
          type,
          version: versions.length,
          occurredAt: '2026-01-01T00:00:00.000Z',
          correlationId: 'c',
          causationId: 'd',
          sequence,
          data,
        };

        const events = toEnvelopes(contract, about, entry);

        expect(events.map((event) => [event.source, event.type])).toEqual(validators.map(() => [source, type]));
        expect(events.map(({ detail }, index) => validators[index]?.(JSON.parse(detail)))).toEqual(
          validators.map(() => true),
        );
      }),
    );
  });
});
