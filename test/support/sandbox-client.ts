import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { awsClients } from './aws';

/** A message in the sandbox's book. `attempts`: how often it was given to the sender. */
export interface SandboxMessage {
  readonly reference: string;
  readonly customerId: string;
  readonly type: string;
  readonly status: 'SENT';
  readonly attempts: number;
}

/** The stand-in of provider, carrier and sender, as anybody with the account finds and opens it. */
export class SandboxClient {
  private constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  static async open(awsUrl: string): Promise<SandboxClient> {
    const { cloudFormation, secrets } = awsClients(awsUrl);
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
    const outputs = Stacks.flatMap((stack) => stack.Outputs ?? []);
    const find = (name: string) => outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: find('SandboxSecretArn') }));
    return new SandboxClient(find('SandboxUrl'), SecretString);
  }

  /** Lets the refund of one order succeed from now on. */
  async liftRefundFault(orderId: string): Promise<void> {
    await this.send('DELETE', `charges/${orderId}/fault`, 204);
  }

  /** The carrier takes the parcel of one order with it. */
  async handOver(orderId: string): Promise<void> {
    await this.send('POST', `parcels/${orderId}/hand-over`, 200);
  }

  /** The messages that the sender has taken, all or the one with this reference (a notification's id). */
  async messages(reference?: string): Promise<SandboxMessage[]> {
    const found: SandboxMessage[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ ...(reference && { reference }), ...(cursor && { cursor }) });
      const response = await this.send('GET', `messages?${query}`, 200);
      const page = (await response.json()) as { items: SandboxMessage[]; nextCursor?: string };
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  }

  private async send(method: string, path: string, expected: number): Promise<Response> {
    const headers = { authorization: `Bearer ${this.secret}` };
    const response = await fetch(this.url + path, { method, headers });
    if (response.status !== expected) throw new Error(`${method} ${path}: ${response.status}, expected ${expected}`);
    return response;
  }
}
