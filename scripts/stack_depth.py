#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Worst-case stack depth of the image's entry points, from the call graphs that gcc -fcallgraph-info=su wrote.

usage: scripts/stack_depth.py ROOTS FILE.ci...

ROOTS says in lines what a call graph cannot:

  entry FUNCTION LIMIT           check that FUNCTION, with all it calls, stays within LIMIT bytes
  leaf FUNCTION BYTES            FUNCTION is not in C: it takes BYTES and calls nothing
  calls FUNCTION CALLEE...       all that the indirect calls of FUNCTION can reach; none: nothing on this path
  cut FUNCTION CALLEE            FUNCTION never takes this direct call in our image; say why beside it

Recursion, frames without a bound, and anything that no line explains are errors. Prints one line; the path of a
depth that is over its limit; exit status 1 if there is an error.
"""

import re
import sys

INDIRECT = "__indirect_call"
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r"(\d+) bytes \(([^)]*)\)")
# What gcc appends to a copy of a function that it made for some of the callers.
CLONE = re.compile(r"\.(?:constprop|isra|part|cold|lto_priv)(?:\.\d+)*")


class Fail(Exception):
    """What is wrong, for the user."""


def plain(title):
    """A function's own name: without its file, and without what gcc appends to clones."""
    return CLONE.sub("", title.rsplit(":", 1)[-1])


class Graph:
    def __init__(self):
        self.frame = {}  # title -> bytes
        self.callees = {}  # title -> titles
        self.titles = {}  # own name -> titles of all functions so named
        self.indirect = {}  # own name -> own names
        self.cuts = set()  # (own name, own name)
        self.entries = []  # (own name, limit)
        self.depths = {}  # title -> (bytes, callee on the deepest path)
        self.unbounded = set()

    def read_ci(self, path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                self.read_ci_line(line)

    def read_ci_line(self, line):
        match = NODE.match(line)
        if match:
            frame = FRAME.search(match[2])
            if frame:
                self.add(match[1], int(frame[1]))
                if frame[2] == "dynamic":
                    self.unbounded.add(match[1])
        match = EDGE.match(line)
        if match:
            self.callees.setdefault(match[1], set()).add(match[2])

    def add(self, title, size):
        # The same static inline function may be in many files.
        self.frame[title] = max(size, self.frame.get(title, 0))
        self.titles.setdefault(plain(title), set()).add(title)

    def read_roots(self, path):
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                words = line.split("#")[0].split()
                if words and not self.read_root(words):
                    raise Fail(f"{path}:{number}: cannot make sense of it")

    def read_root(self, words):
        if words[0] == "calls" and len(words) >= 2:
            self.indirect.setdefault(words[1], set()).update(words[2:])
        elif words[0] == "cut" and len(words) == 3:
            self.cuts.add((words[1], words[2]))
        elif words[0] in ("entry", "leaf") and len(words) == 3 and words[2].isdigit():
            if words[0] == "entry":
                self.entries.append((words[1], int(words[2])))
            else:
                self.add(words[1], int(words[2]))
        else:
            return False
        return True

    def named(self, name, why):
        if name not in self.titles:
            raise Fail(f"no function {name}, {why}")
        return self.titles[name]

    def targets(self, title):
        for callee in sorted(self.callees.get(title, ())):
            if callee != INDIRECT:
                if (plain(title), plain(callee)) not in self.cuts:
                    yield callee
                continue
            if plain(title) not in self.indirect:
                raise Fail(f"{title} calls through a pointer and no 'calls' line says what")
            for name in sorted(self.indirect[plain(title)]):
                yield from sorted(self.named(name, f"which {title} is said to call"))

    def depth(self, title, path=()):
        """Bytes that `title` and the deepest of its callees take."""
        if title in path:
            raise Fail("recursion: " + " > ".join([*path[path.index(title) :], title]))
        if title not in self.depths:
            if title in self.unbounded:
                raise Fail(f"the frame of {title} has no bound")
            if title not in self.frame:
                raise Fail(f"{title} is neither in a call graph nor a 'leaf' (called by {path[-1] if path else 'none'})")
            below = [(self.depth(callee, (*path, title)), callee) for callee in self.targets(title)]
            deepest, callee = max(below, default=(0, None))
            self.depths[title] = (self.frame[title] + deepest, callee)
        return self.depths[title][0]

    def deepest_path(self, title):
        while title:
            yield f"{title} {self.frame[title]}"
            title = self.depths[title][1]


def check(graph):
    results, failures = [], []
    for name, limit in graph.entries:
        for title in sorted(graph.named(name, "which is an entry")):
            try:
                depth = graph.depth(title)
            except Fail as error:
                failures.append(f"{name}: {error}")
                continue
            results.append(f"{name} {depth}/{limit}")
            if depth > limit:
                failures.append(f"{name} takes {depth} of {limit} bytes: " + ", ".join(graph.deepest_path(title)))
    return results, failures


def main():
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        print(__doc__, file=sys.stdout if len(sys.argv) == 2 else sys.stderr)
        return 0 if len(sys.argv) == 2 else 2
    sys.setrecursionlimit(10000)
    graph = Graph()
    try:
        for path in sys.argv[2:]:
            graph.read_ci(path)
        graph.read_roots(sys.argv[1])
        results, failures = check(graph)
    except (Fail, OSError) as error:
        results, failures = [], [str(error)]
    if results:
        print("  STACK   " + ", ".join(results))
    for failure in failures:
        print(f"stack_depth.py: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
