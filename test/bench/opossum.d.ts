/** What the bench calls of opossum, which brings no types. */
declare module 'opossum' {
  export default class CircuitBreaker {
    constructor(action: () => Promise<unknown>, options: object);
    fire(): Promise<unknown>;
  }
}
