# SPDX-License-Identifier: GPL-2.0
# Others read what is exported: the reference parser of OpenMetrics, and clients over HTTP.
set -eu

root=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; rm -rf "$root"' EXIT

"$OUT/tests/metrics_test" openmetrics > "$root/openmetrics"
"$OUT/tests/metrics_test" text > "$root/text"

/usr/bin/python3 - "$root" <<'END_OF_PARSERS'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

def samples(parse, name):
    families = list(parse(open(sys.argv[1] + "/" + name).read()))
    assert len(families) > 30 and all(f.documentation for f in families), families
    return {(s.name, tuple(sorted(s.labels.items()))): float(s.value) for f in families for s in f.samples}

assert samples(openmetrics, "openmetrics") == samples(text, "text")
END_OF_PARSERS
echo "ok: both formats parse, and say the same"

# What the dashboard and the alerts ask for is there, with the labels that they name.
/usr/bin/python3 - "$root/text" prometheus/ttlmap.rules.yml grafana/ttlmap.json <<'END_OF_NAMES'
import json, re, sys
text, rules, dashboard = (open(path).read() for path in sys.argv[1:])
exported = set(re.findall(r"^(ttlmap_\w+)", text, re.M))
labels = {}
for name, inside in re.findall(r"^(ttlmap_\w+)\{(.*)\}", text, re.M):
    labels.setdefault(name, set()).update(re.findall(r'(\w+)="', inside))

def check(where, expression):
    names = re.findall(r"\bttlmap_\w+", expression)
    assert names, (where, expression)
    for name in names:
        assert name in exported, (where, name)
    for name, inside in re.findall(r"\b(ttlmap_\w+)\{(.*?)\}", expression):
        for label in re.findall(r"(\w+)=", inside):
            assert label == "instance" or label in labels[name], (where, name, label)

panels = json.loads(dashboard)["panels"]
assert len(panels) == len({panel["id"] for panel in panels}) >= 10
for panel in panels:
    for target in panel["targets"]:
        check(panel["title"], target["expr"])
for variable in json.loads(dashboard)["templating"]["list"][1:]:
    check(variable["name"], variable["query"]["query"])
expressions = re.findall(r"^    expr: (?:\|\n((?:      .*\n)+)|(.*)\n)", rules, re.M)
assert len(expressions) == rules.count("- alert:")
for expression in expressions:
    check("rules", "".join(expression))
END_OF_NAMES
echo "ok: the dashboard and the alerts name metrics that there are"

"$OUT/tests/metrics_test" 127.0.0.1 0 2> "$root/errors" &
server=$!
/usr/bin/python3 - "$root" "$server" <<'END_OF_CLIENT'
import http.client, os, re, sys, time
from concurrent.futures import ThreadPoolExecutor

def port_of(pid):
    inodes = set()
    for fd in os.listdir("/proc/%s/fd" % pid):
        try:
            inodes.add(os.readlink("/proc/%s/fd/%s" % (pid, fd))[8:-1])
        except OSError:
            pass
    for line in open("/proc/net/tcp"):
        words = line.split()
        if words[3] == "0A" and words[9] in inodes:
            return int(words[1].split(":")[1], 16)
    return None

for _ in range(100):
    port = port_of(sys.argv[2])
    if port:
        break
    time.sleep(0.1)

def ask(path="/metrics", method="GET", accept=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={"Accept": accept} if accept else {})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Content-Type"), body

wanted = {name: open("%s/%s" % (sys.argv[1], name)).read() for name in ("openmetrics", "text")}
assert ask() == (200, "text/plain; version=0.0.4; charset=utf-8", wanted["text"])
accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
assert ask(accept=accept) == (200, "application/openmetrics-text; version=1.0.0; charset=utf-8", wanted["openmetrics"])
assert ask(method="HEAD")[::2] == (200, "")
assert ask("/")[0] == 200
assert ask("/other")[0] == 404
assert ask("/metrics/../x")[0] == 404
assert ask(method="POST")[0] == 405
assert ask(method="DELETE")[0] == 405
with ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(lambda _: ask(), range(100)))
assert all(answer[2] == wanted["text"] for answer in answers)
END_OF_CLIENT
kill "$server"
wait "$server"
server=
cat "$root/errors"
test ! -s "$root/errors"
echo "ok: HTTP"
