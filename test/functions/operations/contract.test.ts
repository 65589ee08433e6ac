import { operations } from '../../../functions/operations/contract';
import { sagas } from '../../../functions/services';

describe('the operations service', () => {
  it('watches every saga of the system', () => {
    expect(operations.handlers['get-saga'].watches).toEqual(expect.arrayContaining(sagas.map(({ name }) => name)));
  });

  it('has no route without the scope of operators', () => {
    const scopes = Object.values(operations.handlers).flatMap(({ trigger }) =>
      trigger.routes.map(({ scope }) => scope),
    );

    expect(new Set(scopes)).toEqual(new Set(['ops']));
  });
});
