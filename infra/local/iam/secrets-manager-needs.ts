import { anyResource, type NeedsOf, ownAction, textIn } from './need';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export const secretsManagerNeeds: Readonly<Record<string, NeedsOf>> = {
  ...ownAction('secretsmanager', ['GetSecretValue', 'DescribeSecret', 'PutSecretValue'], (body, { secretArn }) => {
    const id = textIn(body.SecretId);
    return id === '' ? '' : secretArn(id);
  }),
  ...ownAction('secretsmanager', ['ListSecrets'], anyResource),
};
