#!/usr/bin/env bash
# Draws the pictures of the console anew: starts an instance with something to see, and looks at its pages with chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ -x /usr/bin/chromium ] || { echo "make.sh: install the packages chromium and fonts-noto-cjk first." >&2; exit 1; }
dotnet build tests/Console.Tests -c Release --nologo -v quiet -p:Pictures=true
ORLEANSLINKS_PICTURES="$PWD/docs/images" dotnet test --project tests/Console.Tests -c Release --no-build --no-progress --filter-class "*.PictureTests"
ls docs/images/console-*.png
