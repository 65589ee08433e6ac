import * as v from 'valibot';
import { TaskId, Timestamp } from '../../lib/service/schemas';

export const CreateTaskBody = v.strictObject({
  title: v.pipe(characters(1, 200), v.check(isVisible, 'must have something that can be seen')),
  description: v.optional(characters(0, 2000)),
  dueAt: v.optional(v.pipe(Timestamp, v.check(isOfTheCalendar, 'must be a day that there is'))),
});

export const Task = v.strictObject({
  taskId: TaskId,
  title: v.string(),
  description: v.optional(v.string()),
  dueAt: v.optional(Timestamp),
  status: v.picklist(['OPEN', 'COMPLETED']),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

/**
 * A string of `min` to `max` characters of Unicode, which is what JSON Schema counts too; a string's own length counts some twice.
 * Half a character, which JSON can carry, is none: it cannot be stored.
 *
 * @see https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1
 */
function characters(min: number, max: number) {
  const isOfLength = (text: string) => {
    const { length } = [...text];
    return length >= min && length <= max && !/\p{Surrogate}/u.test(text);
  };
  return v.pipe(
    v.string(),
    v.check(isOfLength, `must have ${min} to ${max} characters`),
    v.metadata({ minLength: min, maxLength: max }),
  );
}

/** Whether there is more than white space, control characters, and characters without width. */
function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(text);
}

/** A pattern knows no months: the 31st of February is in its form. */
function isOfTheCalendar(timestamp: string): boolean {
  const day = timestamp.slice(0, 10);
  return new Date(`${day}T00:00:00.000Z`).toJSON()?.startsWith(day) ?? false;
}
