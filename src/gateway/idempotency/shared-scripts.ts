import { isNumber, type RedisScript } from '../../redis/redis-script.ts';

// A record is a hash: f(ingerprint), s(tate), o(wner), l(ease: until when, by the clock of Redis), m(eta), b(ody).
//
//     (none) ──claim──▶ running ──settle──▶ answered, or let_go
//        ▲                 │  ▲                 ▲
//        └────release──────┤  └─claim, when it may be repeated
//                          └──claim, when its lease is over──▶ unknown ──settle, by its owner──▶ answered, or let_go
//
// It outlives the lease, by the time that answers are kept: a key whose call may have been made does not look new.

/** ARGV: fingerprint, owner, lease, time to live (both in milliseconds), whether the call may be repeated (1). */
export const claimScript: RedisScript = {
  name: 'mcpoClaimKey',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fingerprint, state, lease = unpack(redis.call('HMGET', KEYS[1], 'f', 's', 'l'))
if fingerprint and fingerprint ~= ARGV[1] then return {'other_request'} end
if state == 'answered' then
  local answer = redis.call('HMGET', KEYS[1], 'm', 'b')
  return {'answered', answer[1], answer[2]}
end
if state == 'running' and tonumber(lease) > now then return {'running'} end
if state and state ~= 'running' and not (state == 'unknown' and ARGV[5] == '1') then return {state} end
if state == 'running' and ARGV[5] ~= '1' then
  redis.call('HSET', KEYS[1], 's', 'unknown')
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {'unknown'}
end
redis.call('HSET', KEYS[1], 'f', ARGV[1], 's', 'running', 'o', ARGV[2], 'l', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[4])
return {'first'}
`,
  isReply: isClaim,
};

/** ARGV as for a claim: extends the lease, or claims anew what was lost with Redis' memory. */
export const renewScript: RedisScript = {
  name: 'mcpoRenewKey',
  lua: `
local owner, state = unpack(redis.call('HMGET', KEYS[1], 'o', 's'))
if owner and (owner ~= ARGV[2] or (state ~= 'running' and state ~= 'unknown')) then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'f', ARGV[1], 's', 'running', 'o', ARGV[2], 'l', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[4])
return 1
`,
  isReply: isNumber,
};

/** ARGV: fingerprint, owner, time to live, state, meta, body. */
export const settleScript: RedisScript = {
  name: 'mcpoSettleKey',
  lua: `
local owner, state = unpack(redis.call('HMGET', KEYS[1], 'o', 's'))
if owner and (owner ~= ARGV[2] or (state ~= 'running' and state ~= 'unknown')) then return 0 end
redis.call('HSET', KEYS[1], 'f', ARGV[1], 'o', ARGV[2], 's', ARGV[4], 'm', ARGV[5], 'b', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`,
  isReply: isNumber,
};

/** ARGV: owner. The call was certainly not sent. */
export const releaseScript: RedisScript = {
  name: 'mcpoReleaseKey',
  lua: `
local owner, state = unpack(redis.call('HMGET', KEYS[1], 'o', 's'))
if owner == ARGV[1] and state == 'running' then return redis.call('DEL', KEYS[1]) end
return 0
`,
  isReply: isNumber,
};

/** A state, and what is kept of an answer; both are looked into by whoever reads them. */
function isClaim(reply: unknown): boolean {
  if (!Array.isArray(reply)) return false;
  const [state, ...kept] = reply as readonly unknown[];
  return Buffer.isBuffer(state) && kept.every((part) => part === null || Buffer.isBuffer(part));
}
