#!/usr/bin/env bash
# The budgets of the road, each beside a control measured in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
go run ./deploy/cmd/tongban-bench --bin bin
