import type { FastifyInstance } from 'fastify';
import type { Contract } from '../contract/contract.ts';
import { canonicalize } from '../contract/canonicalize.ts';
import { toYaml } from '../contract/yaml.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { sendRepresentation, toRepresentation, type Representation } from './representation.ts';

/** Serves the contract's canonical bytes: /openapi.json and /openapi.yaml (RFC 9512). */
export function addDocumentRoutes(app: FastifyInstance, gateway: Gateway): void {
  const json = createRenderer('application/json', (document) => canonicalize(document).json);
  const yaml = createRenderer('application/yaml', toYaml);
  app.get(
    '/openapi.json',
    async (request, reply) => await sendRepresentation(request, reply, json(gateway.contract)),
  );
  app.get(
    '/openapi.yaml',
    async (request, reply) => await sendRepresentation(request, reply, yaml(gateway.contract)),
  );
}

/** Renders a contract once; contracts are immutable, so the result lasts as long as the contract does. */
function createRenderer(
  mediaType: string,
  render: (document: Contract['document']) => string,
): (contract: Contract) => Representation {
  const rendered = new WeakMap<Contract, Representation>();
  return (contract) => {
    const known = rendered.get(contract);
    if (known !== undefined) return known;
    const representation = {
      ...toRepresentation(mediaType, render(contract.document)),
      digest: contract.digest,
    };
    rendered.set(contract, representation);
    return representation;
  };
}
