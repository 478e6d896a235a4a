import type { FastifyInstance } from 'fastify';
import type { CanonicalDocument } from '../contract/canonicalize.ts';
import type { Contract } from '../contract/contract.ts';
import { toDocumentForm, type DocumentForm } from '../contract/forms/document-form.ts';
import { toYaml } from '../contract/yaml.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { sendRepresentation, toRepresentation, type Representation } from './representation.ts';

/** Serves the contract's document, in its form's canonical bytes: /openapi.json and /openapi.yaml (RFC 9512). */
export function addDocumentRoutes(app: FastifyInstance, gateway: Gateway, form: DocumentForm = {}): void {
  const shown = memoize((contract: Contract) => toDocumentForm(contract, form));
  const json = createRenderer(shown, 'application/json', (canonical) => canonical.json);
  const yaml = createRenderer(shown, 'application/yaml', (canonical) => toYaml(canonical.document));
  app.get(
    '/openapi.json',
    async (request, reply) => await sendRepresentation(request, reply, json(gateway.contract)),
  );
  app.get(
    '/openapi.yaml',
    async (request, reply) => await sendRepresentation(request, reply, yaml(gateway.contract)),
  );
}

function createRenderer(
  shown: (contract: Contract) => CanonicalDocument,
  mediaType: string,
  render: (canonical: CanonicalDocument) => string,
): (contract: Contract) => Representation {
  return memoize((contract) => {
    const canonical = shown(contract);
    return { ...toRepresentation(mediaType, render(canonical)), digest: canonical.digest };
  });
}

/** Contracts are immutable, so what is made of one lasts as long as it does. */
function memoize<Value>(compute: (contract: Contract) => Value): (contract: Contract) => Value {
  const known = new WeakMap<Contract, Value>();
  return (contract) => {
    const value = known.get(contract) ?? compute(contract);
    known.set(contract, value);
    return value;
  };
}
