#!/bin/sh
# Packs what a network without the internet needs into one folder: the code, its wheels, the chart, and checksums.
#   deploy/bundle.sh FOLDER
# The wheels are for the machine that packs (its system, processor and Python): pack on one like the target.
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd)
to=${1:?用法：deploy/bundle.sh 文件夹}
python=${PYTHON:-python3}
[ ! -e "$to" ] || { echo "$to 已经有了，请换一个名字。" >&2; exit 1; }

mkdir -p "$to"
to=$(CDPATH='' cd -P -- "$to" && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/pyproject.toml")

# What is committed, and nothing that happens to lie about.
git -C "$here" archive --format=tar.gz --prefix="jifen-$version/" -o "$to/jifen-$version.tar.gz" HEAD
# Some packages are for some patch versions of Python only: those are taken along whichever version packs.
sed 's/ ; python_full_version[^\\]*/ /' "$here/requirements.lock" >"$to/requirements"
"$python" -m pip download --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    --dest "$to/wheels" -r "$to/requirements"
rm "$to/requirements"
git -C "$here" archive --format=tar.gz --prefix=jifen/ -o "$to/jifen-chart-$version.tgz" HEAD:helm
# What it is made of, under which licences: read from what is installed here.
"$here/jifen" sbom "$to/sbom.json" >/dev/null
cp "$here/deploy/unpack.sh" "$to/unpack.sh"
(cd "$to" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
echo "已打包到 $to：$(find "$to/wheels" -type f | wc -l) 个依赖包，共 $(du -sh "$to" | cut -f1)。把整个文件夹带到内网，运行 unpack.sh。"
