#!/usr/bin/env bash
# `make test`: the cheap questions first; every part says its name and how long it took.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()

part() {
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@"; then echo "== $name: ok ($((SECONDS - started)) s)"; else failed+=("$name"); echo "== $name: FAILED ($((SECONDS - started)) s)"; fi
}

part format "$bin/ruff" format --check -q .
part lint "$bin/ruff" check -q .
part types "$bin/pyright" --warnings
part imports "$bin/lint-imports"
# shuffled, and for everybody alike: a failure can be repeated; BIZENV_TEST_SEED shuffles anew
seed=${BIZENV_TEST_SEED:-2023}
# the real servers come last and one at a time: they would steal the cores from everything else
part "unit and integration" "$bin/pytest" -q -n 2 --dist loadfile --randomly-seed="$seed" -m "not stack and not browser"
part browser "$bin/pytest" -q -n 2 --randomly-seed="$seed" -m "browser and not stack"
part "real stack" "$bin/pytest" -q -m stack -p no:randomly

if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}"
  exit 1
fi
echo "all parts passed in $SECONDS s"
