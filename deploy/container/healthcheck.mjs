// Exits 0 when the gateway of this container answers /healthz, or the path that is given, with 200; it is looked for
// where the container's environment puts it.
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

const { MCPO_HOST: host = '', MCPO_PORT = '', PORT, MCPO_SSL_CERTFILE: certificate = '' } = process.env;
// Kubernetes sets MCPO_PORT to tcp://… where a service is called mcpo; the gateway passes over that, too.
const port = MCPO_PORT.includes('://') ? '' : MCPO_PORT;
// An address that stands for all of them is none to call.
const loopback = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' };
const request = (certificate === '' ? overHttp : overHttps)({
  host: loopback[host] ?? host,
  port: Number(port || PORT || 8000),
  path: process.argv[2] ?? '/healthz',
  // The certificate is for those who come from outside.
  rejectUnauthorized: false,
  timeout: 2_500,
});
request.on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
request.end();
