#!/bin/sh
# The service "prepare": once at each start, as root with two capabilities.
set -eu
umask 022
fleet_files --source /usr/share/picket --data /generated
chmod 0755 /generated /generated/rules
chmod 0644 /generated/prometheus.yml
chgrp 65532 /secrets/*
for volume in /volumes/*/*; do
  owner=${volume#/volumes/}
  chown "${owner%%/*}:${owner%%/*}" "$volume"
done
echo "prometheus.yml, rules, secrets and volumes are in place"
