import { readdirSync } from 'node:fs';
import { canMeasureProcesses, findFamily } from '../machine.ts';
import { readMemory } from '../run/processes.ts';
import type { SoakSample } from './soak-result.ts';

type Use = Pick<SoakSample, 'gatewayRssMb' | 'gatewayFiles' | 'serverRssMb' | 'serverFiles'>;

/** Memory and open files of a gateway and of what it started; null where they cannot be read. */
export function readUse(gatewayPid: number | undefined): Use {
  if (gatewayPid === undefined || !canMeasureProcesses) {
    return { gatewayRssMb: null, gatewayFiles: null, serverRssMb: null, serverFiles: null };
  }
  const servers = findFamily(gatewayPid).slice(1);
  return {
    gatewayRssMb: readMemory(gatewayPid),
    gatewayFiles: countFiles(gatewayPid),
    serverRssMb: sumOf(servers.map(readMemory)),
    serverFiles: sumOf(servers.map(countFiles)),
  };
}

function countFiles(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // It has ended, or is another user's.
    return null;
  }
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
