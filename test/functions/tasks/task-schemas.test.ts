import { tasks } from '../../../functions/tasks/contract';
import { CreateTaskBody } from '../../../functions/tasks/task-schemas';
import { validate } from '../../../lib/http/validate';
import { toOpenApi } from '../../../lib/service/openapi';

const check = (body: unknown) => validate(CreateTaskBody, body, 'body');

describe('the title of a task', () => {
  it.each([
    ['one character', 'x'],
    ['200 characters', 'x'.repeat(200)],
    ['200 characters that a string counts twice', '🦉'.repeat(200)],
    ['white space around something', '\n  water the plants \t'],
    ['one character that joins others', '👩‍🚀'],
  ])('may have %s, and is kept as it is', (_, title) => {
    expect(check({ title })).toEqual({ value: { title } });
  });

  it.each([
    ['nothing', '', 'must have 1 to 200 characters'],
    ['201 characters', 'x'.repeat(201), 'must have 1 to 200 characters'],
    ['201 characters that a string counts twice', '🦉'.repeat(201), 'must have 1 to 200 characters'],
    ['half a character', 'an owl: \ud83e', 'must have 1 to 200 characters'],
    ['white space only', ' \t\n', 'must have something that can be seen'],
    ['white space of other scripts only', '\u00a0\u2003\u3000', 'must have something that can be seen'],
    ['characters without width only', '\u200b\u2060\ufeff\u00ad', 'must have something that can be seen'],
    ['control characters only', '\u0000\u0007', 'must have something that can be seen'],
  ])('must not have %s', (_, title, message) => {
    expect(check({ title })).toMatchObject({ errors: expect.arrayContaining([{ path: 'title', message }]) });
  });

  it.each([
    ['is missing', {}, 'is required'],
    ['is a number', { title: 7 }, 'must be string, got 7'],
  ])('is refused when it %s', (_, body, message) => {
    expect(check(body)).toEqual({ errors: [{ path: 'title', message }] });
  });
});

describe('the rest of a task', () => {
  it.each([
    { description: '' },
    { description: '🦉'.repeat(2000) },
    { dueAt: '2026-01-31T00:00:00.000Z' },
    { dueAt: '2024-02-29T23:59:59+14:00' },
  ])('is kept as it is given: %j', (rest) => {
    expect(check({ title: 'x', ...rest })).toEqual({ value: { title: 'x', ...rest } });
  });

  it.each([
    ['description', { description: 'x'.repeat(2001) }, 'must have 0 to 2000 characters'],
    ['description', { description: '\ud83e' }, 'must have 0 to 2000 characters'],
    ['description', { description: null }, 'must be string, got null'],
    ['dueAt', { dueAt: '2026-02-31T00:00:00.000Z' }, 'must be a day that there is'],
    ['dueAt', { dueAt: '2025-02-29T00:00:00.000Z' }, 'must be a day that there is'],
    ['dueAt', { dueAt: 'tomorrow' }, 'Invalid timestamp: Received "tomorrow"'],
    ['status', { status: 'COMPLETED' }, 'is not known here'],
    ['taskId', { taskId: `tsk_${'a'.repeat(32)}` }, 'is not known here'],
  ])('is refused where %s is wrong: %j', (path, rest, message) => {
    expect(check({ title: 'x', ...rest })).toMatchObject({ errors: expect.arrayContaining([{ path, message }]) });
  });
});

test('the document of the API tells the lengths of the title', () => {
  const text = JSON.stringify(toOpenApi([tasks]).paths['/v1/tasks']);

  expect(text).toContain('"title":{"type":"string","minLength":1,"maxLength":200}');
});
