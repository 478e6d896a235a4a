// Ajv as it comes, for a second verdict: the generator hands out nothing that the contract's own validator refuses.
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const classes = { draft7: Ajv, 'draft2019-09': Ajv2019, 'draft2020-12': Ajv2020 };

/** The verdict of Ajv; undefined where it does not compile the schema, or gets a test of the group wrong. */
export function compileStock({ schema, tests }, draft) {
  try {
    const ajv = new classes[draft]({ strict: false, validateFormats: false, logger: false });
    const validate = ajv.compile(schema);
    return tests.every(({ data, valid }) => validate(data) === valid)
      ? (value) => validate(value)
      : undefined;
  } catch {
    return undefined;
  }
}
