/**
 * The value of an environment variable that the infrastructure sets. The only place in `lib` and `functions` that reads the
 * environment.
 *
 * @throws {Error} when it is not set: the function is then deployed wrongly, and must fail at INIT rather than at the first order.
 */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** The value of an environment variable that may be absent. */
export function findEnv(name: string): string | undefined {
  return process.env[name];
}

/** The environment for a program that is started, with some variables set. */
export function environmentWith(variables: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, ...variables };
}
