#!/bin/sh
# Prints new passwords for compose.yaml: umask 077; deploy/secrets.sh > .env
set -eu

one() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

for name in JIFEN_SECRET JIFEN_WEBHOOKS_SECRET POSTGRES_PASSWORD VALKEY_PASSWORD \
    JIFEN_MIGRATOR_PASSWORD JIFEN_APP_PASSWORD JIFEN_WORKER_PASSWORD \
    JIFEN_ADMIN_PASSWORD JIFEN_VERIFIER_PASSWORD JIFEN_BACKUP_PASSWORD; do
    printf '%s=%s\n' "$name" "$(one)"
done
