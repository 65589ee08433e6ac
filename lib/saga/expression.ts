declare const valueType: unique symbol;
const pathOf = Symbol('path');

/**
 * A place in the saga's data that will hold a `T` when the state machine runs. Members are reached as on the value itself:
 * `input.shipTo.city`.
 */
export type Expression<T> = { readonly [valueType]: T } & (T extends readonly unknown[]
  ? unknown
  : T extends object
    ? { readonly [K in keyof T]-?: Expression<Exclude<T[K], undefined>> }
    : unknown);

/** A `T` in which any part may be an {@link Expression}. */
export type Template<T> =
  | Expression<T>
  | (T extends string | number | boolean | null | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? ReadonlyArray<Template<Element>>
        : { readonly [K in keyof T]: Template<T[K]> });

/** `T` with every part read-only, so that a result can be given where a list that may change is asked for. */
export type DeepReadonly<T> = T extends readonly (infer Element)[]
  ? ReadonlyArray<DeepReadonly<Element>>
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** An expression for the JSONata path `path`, such as `$states.context.Execution.Input`. */
export function expression<T>(path: string): Expression<T> {
  return new Proxy(
    {},
    {
      get: (_, member) => {
        if (member === pathOf) return path;
        if (typeof member === 'symbol') return undefined;
        return expression(`${path}.${/^[A-Za-z_]\w*$/.test(member) ? member : `\`${member}\``}`);
      },
    },
  ) as Expression<T>;
}

/** The template as a JSON value in which each expression is a JSONata string, `{% … %}`. */
export function toJsonata(template: unknown): unknown {
  if (typeof template !== 'object' || template === null) return template;
  const path = (template as { [pathOf]?: string })[pathOf];
  if (path !== undefined) return `{% ${path} %}`;
  if (Array.isArray(template)) return template.map(toJsonata);
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, toJsonata(value)]));
}
