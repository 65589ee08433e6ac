import { errorOf, find, openRoom, put } from './a-room';

const KEY = { TableName: 'things', Key: { id: { S: 'a' } } };
const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

const BEFORE = {
  n: N(5),
  steps: { L: [S('0'), S('1'), S('2')] },
  doc: { M: { deep: { M: { n: N(1) } }, tags: { SS: ['x', 'y'] } } },
  tags: { SS: ['x', 'y'] },
  numbers: { NS: ['1', '2'] },
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
describe('an update expression', () => {
  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'sets a nested attribute',
      'SET doc.deep.n = :v',
      { ':v': N(2) },
      { doc: { M: { ...BEFORE.doc.M, deep: { M: { n: N(2) } } } } },
    ],
    ['sets an element', 'SET steps[1] = :v', { ':v': S('new') }, { steps: { L: [S('0'), S('new'), S('2')] } }],
    [
      'appends beyond the end',
      'SET steps[9] = :v',
      { ':v': S('3') },
      { steps: { L: [S('0'), S('1'), S('2'), S('3')] } },
    ],
    [
      'puts in front',
      'SET steps = list_append(:v, steps)',
      { ':v': { L: [S('-1')] } },
      { steps: { L: [S('-1'), S('0'), S('1'), S('2')] } },
    ],
    [
      'sets and removes by where they were',
      'REMOVE steps[0] SET steps[1] = :v',
      { ':v': S('x') },
      { steps: { L: [S('x'), S('2')] } },
    ],
    ['removes elements by where they were', 'REMOVE steps[0], steps[2]', {}, { steps: { L: [S('1')] } }],
    [
      'reads all before it writes any',
      'SET n = steps[0], steps[0] = n',
      {},
      { n: S('0'), steps: { L: [N(5), S('1'), S('2')] } },
    ],
    ['adds and subtracts', 'SET n = n - :v', { ':v': N(7) }, { n: N(-2) }],
    ['sets what is not there', 'SET n = if_not_exists(n, :v), x = if_not_exists(x, :v)', { ':v': N(1) }, { x: N(1) }],
    ['adds to a number', 'ADD n :v', { ':v': N(-1) }, { n: N(4) }],
    ['adds to a number that is not there', 'ADD x :v', { ':v': N(3) }, { x: N(3) }],
    ['adds to a set', 'ADD tags :v', { ':v': { SS: ['y', 'z'] } }, { tags: { SS: ['x', 'y', 'z'] } }],
    ['takes from a set', 'DELETE numbers :v', { ':v': { NS: ['2', '3'] } }, { numbers: { NS: ['1'] } }],
    ['removes a set that becomes empty', 'DELETE tags :v', { ':v': { SS: ['x', 'y'] } }, { tags: undefined }],
    [
      'adds to a nested set',
      'ADD doc.tags :v',
      { ':v': { SS: ['z'] } },
      { doc: { M: { ...BEFORE.doc.M, tags: { SS: ['x', 'y', 'z'] } } } },
    ],
    ['removes what is not there', 'REMOVE nowhere, steps[7]', {}, {}],
  ])('%s', async (_, UpdateExpression, values, change) => {
    const { db } = await openRoom();
    await put(db, 'a', BEFORE);

    await db.handle('UpdateItem', {
      ...KEY,
      UpdateExpression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    });

    const expected = Object.entries({ id: S('a'), ...BEFORE, ...change }).filter(([, value]) => value !== undefined);
    expect(await find(db, 'a')).toEqual(Object.fromEntries(expected));
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['', {}, 'Invalid UpdateExpression: The expression can not be empty;'],
    ['SET id = :v', { ':v': S('b') }, 'Cannot update attribute id. This attribute is part of the key'],
    ['SET n = :v SET x = :v', { ':v': N(1) }, 'The "SET" section can only be used once in an update expression;'],
    [
      'SET n = :v, n = :v',
      { ':v': N(1) },
      'Two document paths overlap with each other; must remove or rewrite one of these paths',
    ],
    ['SET doc = :v, doc.x = :v', { ':v': N(1) }, 'Two document paths overlap with each other'],
    ['SET doc[0] = :v, doc.x = :v', { ':v': N(1) }, 'Two document paths conflict with each other'],
    ['SET nowhere.x = :v', { ':v': N(1) }, 'The document path provided in the update expression is invalid for update'],
    ['SET n = nowhere', {}, 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET n = steps + n', {}, 'An operand in the update expression has an incorrect data type'],
    ['ADD steps :v', { ':v': N(1) }, 'An operand in the update expression has an incorrect data type'],
    ['ADD n :v', { ':v': S('x') }, 'Incorrect operand type for operator or function; operator: ADD'],
    [
      'SET x = :nowhere',
      {},
      'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :nowhere',
    ],
    [
      'SET #nowhere = n',
      {},
      'Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #nowhere',
    ],
    ['SET x = n', { ':v': N(1) }, 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'],
    ['SET status = n', {}, 'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status'],
    ['SET x = unknown(n)', {}, 'Invalid UpdateExpression: Invalid function name; function: unknown'],
  ])('%j is refused', async (UpdateExpression, values, message) => {
    const { db } = await openRoom();
    await put(db, 'a', BEFORE);

    const error = await errorOf(
      db.handle('UpdateItem', {
        ...KEY,
        UpdateExpression,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      }),
    );

    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(message);
    expect(await find(db, 'a')).toEqual({ id: S('a'), ...BEFORE });
  });
});

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
describe('a condition expression', () => {
  const VALUES = { ':five': N(5), ':ten': N(10), ':x': S('x'), ':zero': S('0'), ':n': S('N') };

  it.each<[string, boolean]>([
    ['n = :five', true],
    ['n <> :five', false],
    ['n BETWEEN :five AND :ten', true],
    ['n IN (:ten, :five)', true],
    ['n < :x', false],
    ['nowhere = :five', false],
    ['nowhere <> :five', true],
    ['NOT nowhere = :five', true],
    ['attribute_exists(doc.deep.n) AND attribute_not_exists(doc.deep.x)', true],
    ['attribute_type(n, :n)', true],
    ['begins_with(steps[0], :zero)', true],
    ['contains(tags, :x) AND contains(steps, :zero)', true],
    ['size(steps) < :five AND size(doc) < :five', true],
    ['(n = :ten OR n = :five) AND NOT (n = :ten)', true],
    ['n = :ten OR n = :five AND n = :ten', false],
  ])('%s is %s', async (ConditionExpression, holds) => {
    const { db } = await openRoom();
    await put(db, 'a', BEFORE);
    const used = Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression));
    const request = {
      ...KEY,
      ConditionExpression,
      ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
    };

    const outcome = await db.handle('DeleteItem', request).then(
      () => true,
      (error: { code: string }) => error.code,
    );

    expect(outcome).toBe(holds || 'ConditionalCheckFailedException');
  });
});

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#DDB-UpdateItem-request-ReturnValues */
describe('the values that an update returns', () => {
  it.each<[string, unknown]>([
    ['NONE', undefined],
    ['ALL_OLD', { id: S('a'), n: N(1), other: S('o') }],
    ['ALL_NEW', { id: S('a'), n: N(2), other: S('o'), x: N(2) }],
    ['UPDATED_OLD', { n: N(1) }],
    ['UPDATED_NEW', { n: N(2), x: N(2) }],
  ])('with %s are these', async (ReturnValues, attributes) => {
    const { db } = await openRoom();
    await put(db, 'a', { n: N(1), other: S('o') });

    const { Attributes } = await db.handle('UpdateItem', {
      ...KEY,
      UpdateExpression: 'SET n = :v, x = :v',
      ExpressionAttributeValues: { ':v': N(2) },
      ReturnValues,
    });

    expect(Attributes).toEqual(attributes);
  });

  it.each(['PutItem', 'DeleteItem'])('are the old ones or none for a %s', async (operation) => {
    const { db } = await openRoom();
    await put(db, 'a', { n: N(1) });
    const request = operation === 'PutItem' ? { TableName: 'things', Item: { id: S('a') } } : KEY;

    const refused = await errorOf(db.handle(operation, { ...request, ReturnValues: 'ALL_NEW' }));
    const old = await db.handle(operation, { ...request, ReturnValues: 'ALL_OLD' });

    expect(refused.message).toContain('ReturnValues can only be ALL_OLD or NONE');
    expect(old.Attributes).toEqual({ id: S('a'), n: N(1) });
  });
});

describe('an empty key', () => {
  const message =
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id';

  it.each<[string, Record<string, unknown>]>([
    ['PutItem', { TableName: 'things', Item: { id: S('') } }],
    ['GetItem', { TableName: 'things', Key: { id: S('') } }],
    ['UpdateItem', { TableName: 'things', Key: { id: S('') } }],
    ['DeleteItem', { TableName: 'things', Key: { id: S('') } }],
    ['BatchWriteItem', { RequestItems: { things: [{ DeleteRequest: { Key: { id: S('') } } }] } }],
    ['BatchGetItem', { RequestItems: { things: { Keys: [{ id: S('') }] } } }],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'things', Key: { id: S('') } } }] }],
  ])('is refused by %s', async (operation, request) => {
    const { db } = await openRoom();

    const error = await errorOf(db.handle(operation, request));

    expect(error).toMatchObject({ code: 'ValidationException', message });
  });
});
