#!/bin/sh
# Keeps nginx at the gateways that are ready and have one contract, which nginx itself does not ask for:
#
#   ready-gateways.sh <digest> /etc/nginx/mcpo-gateways gateway-1:8000 gateway-2:8000 gateway-3:8000
#
# Run it beside nginx, as its user, with curl, and let nginx.conf say `include /etc/nginx/mcpo-gateways;` in place of its
# `server` lines. Those that are away stay in the list as `down`, so that the others keep their sessions.
#
# Variables: NGINX_COMMAND, what is told to reload (nginx); INTERVAL, seconds between two rounds of questions (2).
set -eu
contract=$1 file=$2
shift 2
while :; do
  lines=''
  for gateway in "$@"; do
    url="http://$gateway/readyz?contract=$contract"
    if curl --silent --fail --output /dev/null --max-time 2 "$url"; then state=''; else state=' down'; fi
    lines="$lines server $gateway max_fails=0$state;"
  done
  if [ "$lines" != "$(cat "$file" 2>/dev/null)" ]; then
    printf '%s\n' "$lines" >"$file.new"
    mv "$file.new" "$file"
    # Not there yet, when this is started first.
    ${NGINX_COMMAND:-nginx} -s reload || :
  fi
  sleep "${INTERVAL:-2}"
done
