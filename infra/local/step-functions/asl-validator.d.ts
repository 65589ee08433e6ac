/** The package ships no types. `definition` is changed by the call: hand over a copy. */
declare module 'asl-validator' {
  export default function validate(definition: object): { isValid: boolean; errorsText(separator?: string): string };
}
