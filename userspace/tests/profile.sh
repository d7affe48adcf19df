# SPDX-License-Identifier: GPL-2.0
# A profile for pprof, taken apart by other code than what put it together.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

"$OUT/tests/profile_test" "$root/profile.pb.gz"
/usr/bin/python3 - "$root/profile.pb.gz" > "$root/stacks" <<'END_OF_DECODER'
import gzip, sys

def fields(data):
    at = 0
    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            assert key & 7 == 2, key
            length = varint()
            at += length
            yield key >> 3, data[at - length:at]

profile = list(fields(gzip.open(sys.argv[1]).read()))
strings = [value.decode() for field, value in profile if field == 6]
assert strings[0] == ""
functions = {}
for field, value in profile:
    if field == 5:
        function = dict(fields(value))
        functions[function[1]] = strings[function[2]]
locations = {}
for field, value in profile:
    if field == 4:
        location = dict(fields(value))
        locations[location[1]] = functions[dict(fields(location[4]))[1]]
types = [dict(fields(value)) for field, value in profile if field == 1]
assert [(strings[t[1]], strings[t[2]]) for t in types] == [("space", "bytes")]
assert dict(profile)[9] == 1795000000000000000
for field, value in profile:
    if field == 2:
        sample = list(fields(value))
        frames = [locations[v] for f, v in sample if f == 1]
        print(";".join(reversed(frames)), *[v for f, v in sample if f == 2])
END_OF_DECODER
cat > "$root/wanted" <<'END_OF_STACKS'
sessions;leaky,client 77;never read;up to 128 bytes 10240
sessions;web 10;never read;up to 128 bytes 100
sessions;web 10;read;up to 128 bytes 900
sessions;batch 12 (ended);read;up to 256 bytes 200
sessions;flow_table (module);read;up to 64 bytes 64
sessions;others;never read;up to 64 bytes 64
sessions;[entries of nobody known] 32
sessions;[table] 4000
sessions;[retired] 500
END_OF_STACKS
diff "$root/wanted" "$root/stacks"
echo "ok: profile"
