import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from './schema-walk.mjs';

const uris = {
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

/** The required groups of a draft but those of refRemote: `{ name, schema, tests }`; undefined when the suite is absent. */
export function readGroups(shared, draft) {
  const folder = join(shared, 'json-schema-test-suite', 'tests', draft);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'refRemote.json')
    .flatMap((file) =>
      JSON.parse(readFileSync(join(folder, file), 'utf8')).map(({ description, schema, tests }) => ({
        name: `${file}/${description}`,
        schema: isObject(schema) ? { $schema: uris[draft], ...schema } : schema,
        tests,
      })),
    );
}
