#!/usr/bin/env bash
# Builds the pages that the programs carry, each only when something in it changed.
set -euo pipefail
cd "$(dirname "$0")/.."
for app in kioskui central/console central/public; do
  sum=$(find "$app" central/kit central/modules/*/ui package-lock.json -type f -not -path '*/dist/*' -not -path '*/node_modules/*' -print0 2>/dev/null |
    sort -z | xargs -0 sha256sum | sha256sum)
  stamp=.cache/ui-$(echo "$app" | tr / -).sha
  if [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && [ -f "$app/dist/index.html" ]; then
    continue
  fi
  printf 'ui: %s\n' "$app"
  (cd "$app" && npx vite build --logLevel warn)
  touch "$app/dist/.gitkeep"
  echo "$sum" > "$stamp"
done
