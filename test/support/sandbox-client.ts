import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { awsClients } from './aws';

/** The stand-in of provider and carrier, as anybody with the account finds and opens it. */
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

  private async send(method: string, path: string, expected: number): Promise<void> {
    const headers = { authorization: `Bearer ${this.secret}` };
    const { status } = await fetch(this.url + path, { method, headers });
    if (status !== expected) throw new Error(`${method} ${path}: ${status}, expected ${expected}`);
  }
}
