#!/usr/bin/env bash
# Builds the release before this one from the repository's history, unless that has been done, and prints the folder of its
# programs. tests/previous-release names its commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
commit="$(tr -d '[:space:]' <tests/previous-release)"
folder="$PWD/artifacts/previous/$commit"
programs="$folder/src/Api/bin/Release/net10.0"
if [ ! -e "$folder/built" ]; then
  git cat-file -e "$commit^{commit}" 2>/dev/null ||
    { echo "previous-release.sh: the history of this clone does not reach the previous release, $commit: git fetch --unshallow." >&2; exit 1; }
  rm -rf "$folder" && mkdir -p "$folder"
  git archive "$commit" src Directory.Build.props Directory.Packages.props global.json .editorconfig | tar -x -C "$folder"

  # It was checked when it was released.
  (cd "$folder" && dotnet build src/Api -c Release --nologo -v quiet -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false) >"$folder/build.log" 2>&1 ||
    { cat "$folder/build.log" >&2; echo "previous-release.sh: the previous release does not build." >&2; exit 1; }
  touch "$folder/built"
fi
echo "$programs"
