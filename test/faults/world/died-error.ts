/** The environment that made a call has died. Nobody in it hears of this; the history does. */
export class DiedError extends Error {
  override readonly name = 'Died';
  constructor() {
    super('the function has died');
  }
}
