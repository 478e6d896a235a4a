import { UsageError } from './cli-error.ts';

/**
 * The headers that the command line gives; `${NAME}` stands for a variable of the environment, and `${NAME:-text}` for
 * the text where that is not set.
 *
 * @throws {UsageError} which repeats no value: it may be a secret
 */
export function toHeaders(
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  option = '--header',
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, template] = splitHeader(text, option);
      const value = template.replaceAll(
        /\$\{(\w+)(?::-([^}]*))?\}/g,
        (_whole, variable: string, fallback: string | undefined) => {
          const known = env[variable] ?? fallback;
          if (known === undefined) {
            throw new UsageError(`${option}: ${name} needs the variable ${variable}, which is not set`);
          }
          return known;
        },
      );
      // RFC 9110 section 5.5.
      if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
        throw new UsageError(`${option}: the value of ${name} holds a character that no header can hold`);
      }
      return [name, value];
    }),
  );
}

/** Headers as they may be shown: with the names of variables, and `…` for any other value. */
export function toShownHeaders(texts: readonly string[]): readonly string[] {
  return texts.map((text) => {
    const [name, template] = splitHeader(text);
    const isHarmless = /^(?:[A-Za-z]{1,10} )?(?:\$\{\w+\})+$/.test(template);
    return `${name}: ${isHarmless ? template : '…'}`;
  });
}

function splitHeader(text: string, option = '--header'): readonly [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(
      `${option}: this is no header; write it as ${option} 'Authorization: Bearer \${TOKEN}'`,
    );
  return [name, value.trim()];
}
