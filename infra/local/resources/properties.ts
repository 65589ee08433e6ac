/** Small readers of resolved properties. Types were checked by CloudFormation's own schema when the app was synthesized. */

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** A member that is an object itself. */
export function member(
  properties: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> | undefined {
  return properties[name] as Record<string, unknown> | undefined;
}

export function textOf(value: unknown): string {
  return String(value);
}

/** A number, written as a number or as a string, as CloudFormation accepts both. */
export function numberOf(value: unknown, fallback: number): number {
  return isPresent(value) ? Number(value) : fallback;
}
