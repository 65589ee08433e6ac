import fc from 'fast-check';
import { generateSecretString } from '../../../../infra/local/secrets-manager/random-password';

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9 ]/];

describe('a made-up secret', () => {
  it('has 32 characters with one of each kind unless told otherwise', () => {
    for (let run = 0; run < 50; run++) {
      const password = generateSecretString({});

      expect(password).toHaveLength(32);
      for (const kind of KINDS) expect(password).toMatch(kind);
    }
  });

  it('has its length, has every kind that is included, and has nothing that is excluded', () => {
    const flags = fc.record({
      ExcludeLowercase: fc.boolean(),
      ExcludeUppercase: fc.boolean(),
      ExcludeNumbers: fc.boolean(),
      ExcludePunctuation: fc.boolean(),
      IncludeSpace: fc.constant(true),
    });
    fc.assert(
      fc.property(flags, fc.integer({ min: 5, max: 60 }), (settings, PasswordLength) => {
        const password = generateSecretString({ ...settings, PasswordLength, ExcludeCharacters: 'aA0"' });

        expect(password).toHaveLength(PasswordLength);
        expect(password).not.toMatch(/[aA0"]/);
        expect(password).toContain(' ');
        const excluded = [
          settings.ExcludeLowercase,
          settings.ExcludeUppercase,
          settings.ExcludeNumbers,
          settings.ExcludePunctuation,
        ];
        KINDS.forEach((kind, index) => {
          expect(kind.test(password)).toBe(!excluded[index]);
        });
      }),
    );
  });

  it('can be a member of a JSON object', () => {
    const text = generateSecretString({ SecretStringTemplate: '{"user":"ada"}', GenerateStringKey: 'password' });

    expect(JSON.parse(text)).toEqual({ user: 'ada', password: expect.stringMatching(/^.{32}$/) });
  });

  it.each([
    [{ PasswordLength: 0 }, 'PasswordLength must be an integer from 1 to 4096, got 0'],
    [{ PasswordLength: 3 }, 'PasswordLength 3 is too short for 4 kinds'],
    [{ GenerateStringKey: 'x' }, 'GenerateStringKey and SecretStringTemplate must be given together'],
    [{ GenerateStringKey: 'x', SecretStringTemplate: '[]' }, 'SecretStringTemplate must be a JSON object, got []'],
    [
      { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, ExcludeCharacters: '0123456789' },
      'the exclusions leave no character for the password',
    ],
  ])('is refused for %j', (settings, message) => {
    expect(() => generateSecretString(settings)).toThrow(message);
  });
});
