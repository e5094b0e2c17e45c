"""Programs of C that are made up at random, and the value of each of their variables where they stop.

Each is a chain of calls that ends in `stop()`, which keeps the registers and waits. Whoever makes the program up
computes what it computes: values come from `in`, which is volatile, so that compilers know none of them.
"""

import random

TYPES = {
    "int": (32, True),
    "unsigned": (32, False),
    "long": (64, True),
    "unsigned long": (64, False),
    "short": (16, True),
    "unsigned char": (8, False),
}
INPUTS = [3, 1000, -7, 123456789012, 0x7FFFFFFF, -1, 42, 65537]

PROLOGUE = r"""
#include <stdio.h>
#include <unistd.h>
struct triple { long a; int b; unsigned char c; };
volatile long in[] = { %s };
volatile long sink;
__attribute__((used, externally_visible)) unsigned long regs[21];
__attribute__((used, noinline, externally_visible)) void wait_for_end(void)
{
    char byte;
    puts("ready");
    fflush(stdout);
    if (read(0, &byte, 1) < 0)
        _exit(1);
}
/* The registers at the entry to stop(), in the order of struct pt_regs. */
__attribute__((externally_visible)) void stop(void);
__asm__(".text\n.globl stop\n.type stop, @function\nstop:\n.cfi_startproc\n"
        "mov %%rax, regs+80(%%rip)\nlea regs(%%rip), %%rax\n"
        "mov %%r15, 0(%%rax)\nmov %%r14, 8(%%rax)\nmov %%r13, 16(%%rax)\nmov %%r12, 24(%%rax)\n"
        "mov %%rbp, 32(%%rax)\nmov %%rbx, 40(%%rax)\nmov %%r11, 48(%%rax)\nmov %%r10, 56(%%rax)\n"
        "mov %%r9, 64(%%rax)\nmov %%r8, 72(%%rax)\nmov %%rcx, 88(%%rax)\nmov %%rdx, 96(%%rax)\n"
        "mov %%rsi, 104(%%rax)\nmov %%rdi, 112(%%rax)\nmov %%rsp, 152(%%rax)\n"
        "lea stop(%%rip), %%rcx\nmov %%rcx, 128(%%rax)\n"
        "sub $8, %%rsp\n.cfi_adjust_cfa_offset 8\ncall wait_for_end\nadd $8, %%rsp\n.cfi_adjust_cfa_offset -8\nret\n"
        ".cfi_endproc\n.size stop, .-stop\n");
"""


def wrap(value, ctype):
    bits, signed = TYPES[ctype]
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


class Program:
    """`source`, and `activations`: from the outermost on, the name of each function and its variables' values."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.source = PROLOGUE % ", ".join(f"{value}L" for value in INPUTS)
        self.activations = []
        count = self.random.randint(4, 9)
        self._bodies = []
        arguments = [(self._type(), None) for _ in range(self.random.randint(0, 7))]
        arguments = [(ctype, wrap(self.random.choice(INPUTS), ctype)) for ctype, _ in arguments]
        first = arguments
        declarations = []
        for number in range(count):
            arguments = self._function(number, count, arguments, declarations)
        self.source += "\n".join([*declarations, *reversed(self._bodies)])
        passed = ", ".join(f"({ctype})in[{INPUTS.index(self._input(value, ctype))}]" for ctype, value in first)
        self.source += f"\nint main(void)\n{{\n    sink = f0({passed});\n    return 0;\n}}\n"

    def _type(self):
        return self.random.choice(list(TYPES))

    @staticmethod
    def _input(value, ctype):
        return next(given for given in INPUTS if wrap(given, ctype) == value)

    def _expression(self, variables):
        """Text and value of an expression, computed as unsigned long."""
        terms = []
        for _ in range(self.random.randint(1, 3)):
            if variables and self.random.random() < 0.75:
                name = self.random.choice(list(variables))
                ctype, value = variables[name]
                text = f"(*{name})" if ctype.endswith("*") else name
                terms.append((f"(unsigned long){text}", value))
            elif self.random.random() < 0.4:
                index = self.random.randrange(len(INPUTS))
                terms.append((f"(unsigned long)in[{index}]", INPUTS[index]))
            else:
                number = self.random.randint(0, 99)
                terms.append((f"{number}UL", number))
        text, value = terms[0]
        for other, operand in terms[1:]:
            operator = self.random.choice("+-^*|&")
            text = f"({text} {operator} {other})"
            value = {
                "+": value + operand,
                "-": value - operand,
                "^": value ^ operand,
                "*": value * operand,
                "|": value | operand,
                "&": value & operand,
            }[operator] & (2**64 - 1)
        return text, value & (2**64 - 1)

    def _function(self, number, count, arguments, declarations):
        choose = self.random
        variables, constants, lines = {}, set(), []
        parameters = []
        for index, (ctype, value) in enumerate(arguments):
            name = f"p{index}"
            qualifier = "const " if choose.random() < 0.15 else ""
            if qualifier:
                constants.add(name)
            parameters.append(f"{qualifier}{ctype} {name}")
            variables[name] = (ctype, value)
        structs = {}
        for index in range(choose.randint(0, 6)):
            kind = choose.random()
            text, value = self._expression(variables)
            changeable = [n for n in variables if n not in constants and not variables[n][0].endswith("*")]
            if kind < 0.15:
                fields = {}
                name = f"s{index}"
                lines.append(f"struct triple {name};")
                for field, ctype in (("a", "long"), ("b", "int"), ("c", "unsigned char")):
                    text, value = self._expression(variables)
                    lines.append(f"{name}.{field} = ({ctype})({text});")
                    fields[field] = wrap(value, ctype)
                structs[name] = fields
            elif kind < 0.3 and changeable:
                target = choose.choice(changeable)
                ctype, pointed = variables[target]
                name = f"q{index}"
                constants.update((name, target))
                variables[name] = (ctype + " *", pointed)
                const = "const " if target in constants and target.startswith("p") else ""
                lines.append(f"{const}{ctype} *{name} = &{target};")
            elif kind < 0.5 and changeable:
                name = choose.choice(changeable)
                ctype, _ = variables[name]
                variables[name] = (ctype, wrap(value, ctype))
                lines.append(f"{name} = ({ctype})({text});")
            elif kind < 0.65 and changeable:
                name = choose.choice(changeable)
                ctype, old = variables[name]
                condition = choose.randrange(len(INPUTS))
                lines.append(f"if (in[{condition}] > 0)\n        {name} = ({ctype})({text});")
                variables[name] = (ctype, wrap(value, ctype) if INPUTS[condition] > 0 else old)
            else:
                ctype, name = self._type(), f"v{index}"
                variables[name] = (ctype, wrap(value, ctype))
                lines.append(f"{ctype} {name} = ({ctype})({text});")
        for name, fields in structs.items():
            lines.append(f"sink = {name}.{choose.choice(list(fields))};")
        truth = {name: (ctype, value) for name, (ctype, value) in variables.items()}
        truth.update({name: ("struct triple", fields) for name, fields in structs.items()})
        self.activations.append((f"f{number}", truth))
        passed = []
        if number + 1 < count:
            for _ in range(choose.randint(0, 8)):
                ctype = self._type()
                text, value = self._expression(variables)
                passed.append((ctype, wrap(value, ctype), f"({ctype})({text})"))
            callee = f"f{number + 1}"
            if choose.random() < 0.15:
                kinds = ", ".join(ctype for ctype, _, _ in passed) or "void"
                declarations.append(f"static long (*volatile to_{callee})({kinds}) = {callee};")
                callee = f"to_{callee}"
            call = f"{callee}({', '.join(text for _, _, text in passed)})"
        else:
            call = "(stop(), 0L)"
        used = [n for n in variables if choose.random() < 0.3 and not variables[n][0].endswith("*")]
        if choose.random() < 0.35 and number + 1 < count:
            lines.append(f"return {call};")
        else:
            lines.append(f"long result = {call};")
            lines += [f"sink += (long){name};" for name in used]
            lines.append("return result + sink;")
        attribute = choose.choice(["", "", "__attribute__((noinline)) ", "__attribute__((noinline)) "])
        head = f"static {attribute}long f{number}({', '.join(parameters) or 'void'})"
        declarations.insert(0, f"{head};")
        self._bodies.append(f"{head}\n{{\n    " + "\n    ".join(lines) + "\n}\n")
        return [(ctype, value) for ctype, value, _ in passed]


if __name__ == "__main__":
    import sys

    program = Program(int(sys.argv[1]))
    print(program.source)
    for activation in program.activations:
        print("//", *activation)
