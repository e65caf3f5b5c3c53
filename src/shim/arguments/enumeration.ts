// Options that are one of several strings (Web IDL 3.2.18).

/**
 * Makes the conversion of such an option. It returns `undefined` for an option that isn't given.
 *
 * @throws {TypeError} when it is called with any other value
 */
export function enumeration<Value extends string>(name: string, ...values: Value[]) {
  return (value: unknown): Value | undefined => {
    if (value === undefined) return undefined;
    const text = `${value as string}` as Value;
    if (values.includes(text)) return text;
    throw new TypeError(`The option '${name}' must be '${values.join("' or '")}', not '${text}'.`);
  };
}
