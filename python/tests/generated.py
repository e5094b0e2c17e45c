"""Programs of C that are made up at random, and which know the value of each of their variables where they stop.

Each is a chain of calls that ends in `stop()`. Compiled with `TRUTH` defined, and without optimization, it writes what
its variables hold just before the end, by C itself: `truth()` reads that. Compiled without, nothing of it remains that
an optimizer could see; all else is the same, as nothing is undefined that happens on the way to `stop()`. What decides
comes from `in`, which is volatile, so that compilers know nothing of it.
"""

import random
import subprocess

INTEGERS = ["int", "unsigned", "long", "unsigned long", "short", "unsigned char", "signed char", "_Bool", "enum colour"]
FLOATS = ["float", "double"]
# Structures, and their scalar members with their types: some fit into registers, some do not; `:` is a bit field.
STRUCTURES = {
    "struct pair": {"x": "int", "y": "int"},
    "struct triple": {"a": "long", "b": "int", "c": "unsigned char"},
    "struct mixed": {"d": "double", "i": "int"},
    "struct bits": {"low": "int:", "mid": "unsigned:", "high": "int:"},
    "struct large": {"head": "long", "inner.x": "int", "inner.y": "int", "list[0]": "long", "list[2]": "long"},
}
INPUTS = [3, 1000, -7, 123456789012, 0x7FFFFFFF, -1, 42, 65537]

PROLOGUE = r"""
enum colour { RED, GREEN, BLUE = 7 };
struct pair { int x, y; };
struct triple { long a; int b; unsigned char c; };
struct mixed { double d; int i; };
struct bits { int low : 3; unsigned mid : 13; int high : 16; };
struct large { long head; struct pair inner; long list[3]; };
volatile long in[] = { %s };
volatile long sink;
void stop(void);
void change(void *it);
"""

# Compiled alone: no optimizer of the program sees it.
STOP = r"""
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static struct { const char *name; const unsigned char *at; unsigned long size; } known[8192];
static unsigned count;
void truth(const char *name, const void *at, unsigned long size)
{
    known[count].name = name;
    known[count].at = at;
    known[count++].size = size;
}
void change(void *it)
{
    ++*(unsigned char *)it;
}
void stop(void)
{
    char byte;
    for (unsigned i = 0; i < count; i++) {
        printf("%s = ", known[i].name);
        for (unsigned j = 0; j < known[i].size; j++)
            printf("%02x", known[i].at[j]);
        puts("");
    }
    puts("ready");
    fflush(stdout);
    if (read(0, &byte, 1) <= 0)
        abort();
    _exit(0);
}
"""


def prologue():
    """What programs begin with that end in `stop()`."""
    return PROLOGUE % ", ".join(f"{value}L" for value in INPUTS)


class Program:
    """`source`, made up from `seed`."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        count = self.random.randint(4, 9)
        self._helpers = [self._helper(number) for number in range(self.random.randint(1, 3))]
        self._parameters = [self._parameter_list() for _ in range(count)]
        self._results = [self._result() for _ in range(count)]
        self._to = set()
        bodies = [Function(self, number).text() for number in range(count)]
        heads = [self.head(number) + ";" for number in range(count)]
        first = Call(self, 0, {}).text()
        pointers = [self.pointer(number) for number in sorted(self._to)]
        self.source = "\n".join(
            [prologue(), self._truth()]
            + [text for _, _, text in self._helpers]
            + heads
            + pointers
            + bodies[::-1]
            + [f"int main(void)\n{{\n    {first};\n    return sink != 0;\n}}\n"]
        )

    @staticmethod
    def _truth():
        return (
            "#ifdef TRUTH\nvoid truth(const char *name, const void *at, unsigned long size);\n"
            "#define KNOWN(name, it) truth(name, &(it), sizeof(it));\n"
            "#define COPIED(name, it) { static __typeof__((it) + 0) copy; copy = (it); truth(name, &copy, sizeof copy); }\n"
            '#define ENTERED(name) truth("@" name, 0, 0);\n'
            "#else\n#define KNOWN(name, it)\n#define COPIED(name, it)\n#define ENTERED(name)\n#endif\n"
        )

    def chance(self, probability):
        return self.random.random() < probability

    def type(self):
        kind = self.random.random()
        if kind < 0.72:
            return self.random.choice(INTEGERS)
        if kind < 0.82:
            return self.random.choice(FLOATS)
        return self.random.choice(list(STRUCTURES))

    def _parameter_list(self):
        """Types; with a `*` for what is passed by reference, and `const` for what is not assigned to."""
        parameters = []
        for _ in range(self.random.randint(0, 8)):
            ctype = self.type()
            parameters.append(ctype + self.random.choice(["", "", "", "", " const", " *"]))
        return parameters

    def _result(self):
        return self.random.choice(["long", "long", "void", "int", "double", "struct triple", "struct large"])

    def _helper(self, number):
        """A function beside the chain: name, parameters, text."""
        parameters = [self.random.choice(INTEGERS[:7]) for _ in range(self.random.randint(1, 4))]
        attribute = self.random.choice(["inline ", "", "__attribute__((noinline)) "])
        passed = ", ".join(f"{ctype} h{index}" for index, ctype in enumerate(parameters))
        total = " ^ ".join(f"(unsigned long)h{index} * {self.random.randint(1, 9)}" for index in range(len(parameters)))
        touch = "sink = (long)sum;" if self.chance(0.5) else "if (in[6] == 41) { sink = 5; stop(); }"
        body = f"    unsigned long sum = {total};\n    {touch}\n    return sum;"
        return f"help{number}", parameters, f"static {attribute}unsigned long help{number}({passed})\n{{\n{body}\n}}\n"

    def expression(self, variables):
        """An expression of type unsigned long."""
        terms = []
        for _ in range(self.random.randint(1, 3)):
            if variables and self.chance(0.75):
                terms.append(self._term(variables))
            elif self.chance(0.4):
                terms.append(f"(unsigned long)in[{self.random.randrange(len(INPUTS))}]")
            else:
                terms.append(f"{self.random.randint(0, 99)}UL")
        text = terms[0]
        for other in terms[1:]:
            text = f"({text} {self.random.choice('+-^*|&')} {other})"
        if variables and self.chance(0.15):
            name, parameters, _ = self.random.choice(self._helpers)
            passed = ", ".join(f"({ctype})({self._term(variables)})" for ctype in parameters)
            text = f"({text} + {name}({passed}))"
        return text

    def _term(self, variables):
        name = self.random.choice(list(variables))
        ctype = variables[name]
        place = name
        if ctype.endswith("*"):
            place, ctype = f"(*{name})", ctype[:-2]
        if ctype.endswith("]"):
            return f"(unsigned long){place}[{self.random.randrange(2)}]"
        if ctype in STRUCTURES:
            member, ctype = self.random.choice(list(STRUCTURES[ctype].items()))
            place = f"{place}.{member}"
        # Numbers that are too large for the integer would be undefined.
        return f"(unsigned long)({place} > 1)" if ctype in FLOATS else f"(unsigned long){place}"

    def value(self, ctype, variables):
        """An expression of a type."""
        if ctype in STRUCTURES:
            return f"({ctype}){{ {self.members(ctype, variables)} }}"
        if ctype in FLOATS:
            return f"({ctype})(int)({self.expression(variables)})"
        if ctype == "enum colour":
            return f"(enum colour)(({self.expression(variables)}) & 7)"
        return f"({ctype})({self.expression(variables)})"

    def members(self, ctype, variables):
        parts = []
        for member, kind in STRUCTURES[ctype].items():
            # Bit fields take what fits.
            value = f"({self.expression(variables)}) & 3" if kind.endswith(":") else self.value(kind, variables)
            parts.append(f".{member} = {value}")
        return ", ".join(parts)

    def parameters(self, number):
        return [
            (f"p{index}", ctype, ctype.removesuffix(" const")) for index, ctype in enumerate(self._parameters[number])
        ]

    def result(self, number):
        return self._results[number]

    def head(self, number):
        # The same for the declaration and the definition.
        choose = random.Random(f"{number} {self._parameters[number]}")
        attribute = choose.choice(["", "", "inline ", "__attribute__((noinline)) ", "__attribute__((noinline)) "])
        parameters = ", ".join(f"{ctype} {name}" for name, ctype, _ in self.parameters(number))
        return f"static {attribute}{self._results[number]} f{number}({parameters or 'void'})"

    def callee(self, number):
        """What the function is called by: its name, or a pointer to it."""
        if not self.chance(0.15):
            return f"f{number}"
        self._to.add(number)
        return f"to_f{number}"

    def pointer(self, number):
        parameters = ", ".join(ctype for _, ctype, _ in self.parameters(number))
        return f"static {self._results[number]} (*volatile to_f{number})({parameters or 'void'}) = f{number};"


class Call:
    """The call of the next function of the chain."""

    def __init__(self, program, number, variables):
        self.program, self.number, self.variables = program, number, variables

    def text(self):
        program, passed = self.program, []
        for _, _, ctype in program.parameters(self.number):
            if ctype.endswith("*"):
                passed.append(self._reference(ctype[:-2]))
            else:
                passed.append(program.value(ctype, self.variables))
        return f"{program.callee(self.number)}({', '.join(passed)})"

    def _reference(self, ctype):
        there = [name for name, kind in self.variables.items() if kind == ctype]
        onward = [name for name, kind in self.variables.items() if kind == f"{ctype} *"]
        if onward and self.program.chance(0.5):
            return self.program.random.choice(onward)
        if there and not self.program.chance(0.2):
            return f"&{self.program.random.choice(there)}"
        if ctype in STRUCTURES:
            return f"&({ctype}){{ {self.program.members(ctype, self.variables)} }}"
        return f"&({ctype}){{ {self.program.value(ctype, self.variables)} }}"


class Function:
    """A function of the chain."""

    def __init__(self, program, number):
        self.program, self.number = program, number
        self.lines = []
        # Of the variables, those with a suffix `const` are left as they are.
        self.variables = {}
        self.constants = set()
        self.uninitialized = set()
        for name, ctype, plain in program.parameters(number):
            self.variables[name] = plain
            if ctype != plain:
                self.constants.add(name)
        self.names = 0

    def text(self):
        program = self.program
        for _ in range(program.random.randint(0, 5)):
            self.statement(1)
        self.down(1)
        head = program.head(self.number)
        return f"{head}\n{{\n" + "\n".join(self.lines) + "\n}\n"

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def changeable(self):
        return [
            name
            for name, ctype in self.variables.items()
            if name not in self.constants and not ctype.endswith(("*", "]"))
        ]

    def name(self):
        """A new name, or one that hides another."""
        self.names += 1
        return f"v{self.names}"

    def statement(self, depth):
        program = self.program
        kind = program.random.random()
        changeable = self.changeable()
        if kind < 0.4 or not changeable:
            self.declaration(depth)
        elif kind < 0.6:
            self.assignment(depth, program.random.choice(changeable))
        elif kind < 0.7:
            condition = program.random.randrange(len(INPUTS))
            self.line(depth, f"if (in[{condition}] > 0) {{")
            self.assignment(depth + 1, program.random.choice(changeable))
            self.line(depth, "}")
        elif kind < 0.8:
            self.line(depth, f"for (int i = 0; i < (int)in[0] * {program.random.randint(1, 3)}; i++) {{")
            self.assignment(depth + 1, program.random.choice(changeable))
            self.line(depth, "}")
        elif kind < 0.9:
            name = program.random.choice(changeable)
            # All bytes but a boolean's may be anything.
            if self.variables[name] not in ("_Bool", "enum colour", *FLOATS, "struct mixed"):
                self.line(depth, f"change(&{name});")
        else:
            target = program.random.choice(changeable)
            if ":" not in self.variables[target]:
                name = self.name()
                self.variables[name] = f"{self.variables[target]} *"
                self.line(depth, f"{self.variables[target]} *{name} = &{target};")

    def declaration(self, depth):
        program, name = self.program, self.name()
        kind = program.random.random()
        if kind < 0.1:
            values = ", ".join(program.value("int", self.variables) for _ in range(3))
            self.line(depth, f"int {name}[3] = {{ {values} }};")
            self.variables[name] = "int [3]"
            return
        if kind < 0.14:
            self.line(depth, f"short {name}[in[0]];")
            for index in range(3):
                self.line(depth, f"{name}[{index}] = {program.value('short', self.variables)};")
            self.variables[name] = "short [3]"
            return
        ctype = program.type()
        storage = "static " if program.chance(0.05) else ""
        if storage:
            self.line(depth, f"static {ctype} {name};")
            self.line(depth, f"{name} = {program.value(ctype, self.variables)};")
        else:
            self.line(depth, f"{ctype} {name} = {program.value(ctype, self.variables)};")
        self.variables[name] = ctype

    def assignment(self, depth, name):
        ctype = self.variables[name]
        place = name
        if ctype in STRUCTURES:
            member, ctype = self.program.random.choice(list(STRUCTURES[ctype].items()))
            place = f"{name}.{member}"
            if ctype.endswith(":"):
                self.line(depth, f"{place} = ({self.program.expression(self.variables)}) & 3;")
                return
        self.line(depth, f"{place} = {self.program.value(ctype, self.variables)};")

    def down(self, depth):
        """What leads to the next function: blocks, loops, conditions, and the call."""
        program = self.program
        kind = program.random.random()
        if kind < 0.18 and depth < 4:
            outer, self.variables = self.variables, dict(self.variables)
            opening, step = program.random.choice(
                [
                    ("if (in[6] == 42) {", ""),
                    ("{", ""),
                    ("for (unsigned k = 0; k < (unsigned)in[0]; k++) {", "k"),
                    ("do {", "while"),
                    ("switch (in[0]) {\n    case 1: sink = 1; break;\n    case 3: {", "case"),
                ]
            )
            self.line(depth, opening)
            if step == "k":
                self.variables["k"] = "unsigned"
                self.constants.add("k")
                if program.chance(0.5):
                    self.line(depth + 1, "if (k < 2) { sink += k; continue; }")
            for _ in range(program.random.randint(0, 3)):
                self.statement(depth + 1)
            self.down(depth + 1)
            closing = {"while": "} while (in[1] > 1000);", "case": "}\n    default: break;\n    }"}
            self.line(depth, closing.get(step, "}"))
            self.variables = outer
            if depth == 1:
                self.finish(depth)
            return
        self.call(depth)

    def call(self, depth):
        program = self.program
        self.line(0, self.log())
        if self.number + 1 == len(program._parameters):
            self.line(depth, "stop();")
            self.after(depth)
            return
        call = Call(program, self.number + 1, self.variables).text()
        result, own = program.result(self.number + 1), program.result(self.number)
        if result == own and program.chance(0.5):
            self.line(depth, f"{call}; return;" if own == "void" else f"return {call};")
            return
        if result == "void":
            self.line(depth, f"{call};")
        else:
            name = self.name()
            self.line(depth, f"{result} {name} = {call};")
            self.variables[name] = result
        self.after(depth)

    def after(self, depth):
        """Uses of variables behind the call keep them alive; not of all."""
        for name in list(self.variables):
            if self.program.chance(0.3):
                self.line(depth, f"sink += (long){self.program._term({name: self.variables[name]})};")
        if depth == 1:
            self.finish(depth)

    def finish(self, depth):
        own = self.program.result(self.number)
        if own != "void":
            self.line(depth, f"return {self.program.value(own, self.variables)};")

    def log(self):
        known = [f'ENTERED("f{self.number}")']
        for name, ctype in self.variables.items():
            known += self._log(name, name, ctype)
        return "\n".join(known)

    def _log(self, place, it, ctype):
        if ctype.endswith("*"):
            return self._log(f"{place}*", f"(*{it})", ctype[:-2])
        if ctype.endswith("]"):
            return [f'KNOWN("{place}[{index}]", {it}[{index}])' for index in range(3)]
        if ctype not in STRUCTURES:
            return [f'KNOWN("{place}", {it})']
        parts = []
        for member, kind in STRUCTURES[ctype].items():
            macro = "COPIED" if kind.endswith(":") else "KNOWN"
            parts.append(f'{macro}("{place}.{member}", {it}.{member})')
        return parts


def compile_stop(folder):
    """The part that stops, which all programs of a folder share."""
    (folder / "stop.c").write_text(STOP)
    subprocess.run(["gcc", "-O0", "-c", "stop.c"], cwd=folder, check=True)


def compile_program(folder, source, command, name="program"):
    (folder / f"{name}.c").write_text(source)
    subprocess.run([*command, "-w", "-g", f"{name}.c", "stop.o", "-o", name], cwd=folder, check=True)
    return folder / name


def truth(folder, source):
    """Of each function on the way, outermost first: its name, and what each place of its variables holds."""
    program = compile_program(folder, source, ["gcc", "-O0", "-DTRUTH"], "truth")
    result = subprocess.run([program], capture_output=True, text=True, input="end", check=True)
    activations = []
    for line in result.stdout.splitlines():
        place, _, value = line.partition(" = ")
        if place.startswith("@"):
            activations.append((place[1:], {}))
        elif value:
            activations[-1][1][place] = value
    return activations


if __name__ == "__main__":
    import sys

    print(Program(int(sys.argv[1])).source)
