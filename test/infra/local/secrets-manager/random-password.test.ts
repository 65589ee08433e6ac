import fc from 'fast-check';
import { generatePassword } from '../../../../infra/local/secrets-manager/random-password';

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/];
const PUNCTUATION = /[!-/:-@[-`{-~]/;

describe('a made-up password', () => {
  it('has 32 characters with one of each kind unless told otherwise', () => {
    for (let run = 0; run < 50; run++) {
      const password = generatePassword({});

      expect(password).toHaveLength(32);
      for (const kind of [...KINDS, PUNCTUATION]) expect(password).toMatch(kind);
    }
  });

  it('has its length, has every kind that is included, and has nothing that is excluded', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 4, max: 60 }), (ExcludePunctuation, PasswordLength) => {
        const password = generatePassword({ ExcludePunctuation, PasswordLength });

        expect(password).toHaveLength(PasswordLength);
        for (const kind of KINDS) expect(password).toMatch(kind);
        expect(PUNCTUATION.test(password)).toBe(!ExcludePunctuation);
      }),
    );
  });

  it('is refused when it is too short for one of each kind', () => {
    expect(() => generatePassword({ PasswordLength: 3 })).toThrow('PasswordLength 3 is too short for 4 kinds');
  });
});
