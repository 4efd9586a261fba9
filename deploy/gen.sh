#!/bin/bash
# Prints what is generated from code: the screens' types, the page of permissions, each module's interface (接口文档) and its types.
set -euo pipefail
cd "$(dirname "$0")/.."
go run ./deploy/cmd/gen kioskui/src/gen/screen.ts
mkdir -p .cache
go build -o .cache/gen-central ./central/cmd/tongban-central
.cache/gen-central permissions --markdown > deploy/docs/permissions.md
for doc in central/modules/*/openapi.gen.yaml; do
  folder=$(dirname "$doc")
  .cache/gen-central api --module "$(basename "$folder")" > "$doc"
  [ ! -d "$folder/ui" ] || npx openapi-typescript "$doc" -o "$folder/ui/api.gen.d.ts" > /dev/null
done
rm .cache/gen-central
