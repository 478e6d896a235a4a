#!/usr/bin/env node
// The fastest server there can be: what is measured in front of it is the front.
import { echoTool, serveLines, toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

serveLines({
  name: 'echo',
  tools: [echoTool],
  call: ({ arguments: { text } }, reply) => reply(toTextResult(text)),
});
