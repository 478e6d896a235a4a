// Loaded into a gateway with --import: tells over its channel what the heap holds once garbage is collected, and what
// keeps its event loop alive.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('message', () => {
  // What the first round frees may hold on to more.
  for (let round = 0; round < 3; round += 1) collect();
  process.send({ ...process.memoryUsage(), resources: process.getActiveResourcesInfo() });
});
// The channel is the harness's, and must not keep the gateway.
process.channel?.unref();
