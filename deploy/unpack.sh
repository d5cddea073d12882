#!/bin/sh
# In the bundle of deploy/bundle.sh: checks it, unpacks the code and prepares it without a network.
#   ./unpack.sh FOLDER
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
to=${1:?用法：./unpack.sh 文件夹}
(cd "$here" && sha256sum --check --quiet SHA256SUMS) || { echo "文件不全或已损坏，请重新拷贝。" >&2; exit 1; }
[ ! -e "$to" ] || { echo "$to 已经有了，请换一个名字。" >&2; exit 1; }

mkdir -p "$to"
tar xzf "$here"/jifen-[0-9]*.tar.gz --strip-components=1 -C "$to"
# pip and uv both take their packages from here alone. Beside the code, so that the image can be built from them too.
cp -r "$here/wheels" "$to/wheels"
PIP_NO_INDEX=1 PIP_FIND_LINKS="$to/wheels" UV_NO_INDEX=1 UV_FIND_LINKS="$to/wheels" "$to/jifen" --help
