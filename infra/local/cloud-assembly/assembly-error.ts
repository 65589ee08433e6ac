/**
 * What keeps a cloud assembly from being run here: every problem that was found, one line each.
 *
 * All are collected before one is reported, so that an author repairs a template once instead of once per mistake.
 */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
