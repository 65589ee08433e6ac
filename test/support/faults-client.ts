export interface FaultRequest {
  readonly target: string;
  readonly kind: string;
  readonly rate?: number;
  readonly count?: number;
  readonly delayMs?: number;
  readonly seed?: number;
}

/** Makes things go wrong through `/_local/faults`, as a script outside would. */
export class FaultsClient {
  private readonly url: string;

  constructor(address: string) {
    this.url = `${address}/_local/faults`;
  }

  post(fault: FaultRequest): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(this.url, { method: 'POST', headers, body: JSON.stringify(fault) });
  }

  /** The id of the new fault. */
  async add(fault: FaultRequest): Promise<string> {
    const answer = await this.post(fault);
    const { id, detail } = (await answer.json()) as { id: string; detail?: string };
    if (answer.status !== 201) throw new Error(`fault: ${answer.status} ${detail}`);
    return id;
  }

  /** How often one fault has struck; all of them when none is named. */
  async strikes(id?: string): Promise<number> {
    const { items } = (await (await fetch(this.url)).json()) as { items: Array<{ id: string; strikes: number }> };
    const asked = items.filter((fault) => id === undefined || fault.id === id);
    return asked.reduce((sum, { strikes }) => sum + strikes, 0);
  }

  async liftAll(): Promise<void> {
    await fetch(this.url, { method: 'DELETE' });
  }
}
