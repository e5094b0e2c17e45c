"""The prompt: history, completion, and objects shown as C would write them."""

import atexit
import builtins
import code
import keyword
import os
import re
import shutil
import sys
from typing import Any, Callable, Dict, List, Optional

import spelunk

# Classes that the prompt shows by str().
SHOWN_BY_STR: List[type] = [
    spelunk.SourceLocation,
    spelunk.SourceLocationList,
    spelunk.StackFrame,
    spelunk.StackTrace,
    spelunk.Type,
]

# An expression that completion may evaluate: names, attributes, and items by number or text.
_SAFE = r"[A-Za-z_]\w*(?:\.\w+|\[\d+\]|\[\"[^\"]*\"\]|\['[^']*'\])*"
_ATTRIBUTE = re.compile(rf"({_SAFE})\.(\w*)$")
_ITEM = re.compile(rf"({_SAFE})\[([\"'])([^\"']*)$")
_TYPE = re.compile(rf"({_SAFE})\.type\(\s*([\"'])([^\"']*)$")
_NAME = re.compile(r"\w*$")
# Variables that are listed; a kernel has a hundred thousand.
_MOST = 200
_STRING = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""")


def show(value: Any) -> None:
    """What the prompt does with the value of an expression."""
    if value is None:
        return
    builtins._ = value  # type: ignore[attr-defined]
    if isinstance(value, spelunk.Object):
        print(value.format_(columns=shutil.get_terminal_size().columns))
    elif isinstance(value, tuple(SHOWN_BY_STR)):
        print(value)
    else:
        print(repr(value))


def _ends_in_string(line: str) -> bool:
    """Whether what is typed at the end of ``line`` belongs to a string."""
    rest = _STRING.sub("", line)
    return '"' in rest or "'" in rest


class Completer:
    """Completes names, members of objects, variables of programs and of stack frames."""

    def __init__(
        self, variables: Dict[str, Any], line_before: Callable[[], str] = str
    ) -> None:
        """
        :param line_before: Returns what stands in the line before the text to complete.
        """
        self.variables = variables
        self.line_before = line_before
        self.matches: List[str] = []

    def complete(self, text: str, state: int) -> Optional[str]:
        """What `readline` calls: the match number ``state`` for ``text``."""
        if state == 0:
            try:
                self.matches = self.all_matches(text)
            except Exception:
                # Whatever goes wrong in a guess is no reason to disturb who is typing.
                self.matches = []
        return self.matches[state] if state < len(self.matches) else None

    def all_matches(self, text: str) -> List[str]:
        """All that ``text`` can become.

        >>> Completer({"prog": prog}).all_matches('prog["init_tas')
        ['prog["init_task"]']
        """
        before = self.line_before()
        for pattern, find in ((_ITEM, self.items), (_TYPE, self.types)):
            if match := pattern.search(before + text):
                expression, quote, prefix = match.groups()
                # What readline takes for the text to complete begins behind the last space or `<`.
                skipped = len(before) - match.start(3)
                names = find(self.evaluate(expression), prefix, quote)
                head = text[: max(-skipped, 0)]
                return [head + name[max(skipped, 0) :] for name in names]
        match = _NAME.search(text)
        assert match is not None
        name_head, name_prefix = text[: match.start()], match.group()
        if _ends_in_string(before + name_head):
            return []
        if match := _ATTRIBUTE.search(before + text):
            expression, prefix = match.groups()
            names = self.attributes(self.evaluate(expression), prefix)
            return [name_head + name for name in names]
        if not name_prefix:
            return []
        known = {*self.variables, *dir(builtins), *keyword.kwlist}
        names = sorted(name for name in known if name.startswith(name_prefix))
        return [name_head + name for name in names]

    def evaluate(self, expression: str) -> Any:
        """The value of one of the expressions that are safe to evaluate."""
        return eval(expression, self.variables)

    @staticmethod
    def items(value: Any, prefix: str, quote: str) -> List[str]:
        """The names that may stand in the brackets behind ``value``, and what closes these."""
        if isinstance(value, spelunk.Program):
            names = value._object_names(prefix, _MOST + 1)
            if len(names) > _MOST:
                # What all matches have in common is typed for the user: with this, no more.
                names[_MOST:] = [f"{prefix}..."]
        elif isinstance(value, spelunk.StackFrame):
            names = value.locals()
        elif isinstance(value, dict):
            names = [name for name in value if isinstance(name, str)]
        else:
            names = []
        return [f"{name}{quote}]" for name in names if name.startswith(prefix)]

    @staticmethod
    def types(value: Any, prefix: str, quote: str) -> List[str]:
        """The names that may stand in the call of ``value.type``, and what closes the call."""
        if not isinstance(value, spelunk.Program):
            return []
        names = value._type_names(prefix, _MOST + 1)
        if len(names) > _MOST:
            names[_MOST:] = [f"{prefix}... "]
        # Behind a keyword such as "struct", a name follows.
        return [name if name.endswith(" ") else f"{name}{quote})" for name in names]

    @staticmethod
    def attributes(value: Any, prefix: str) -> List[str]:
        """The names that may stand behind ``value`` and a dot; private ones only when asked for."""
        names = (name for name in dir(value) if name.startswith(prefix))
        return sorted({name for name in names if prefix or not name.startswith("_")})


def history_path() -> str:
    """Where the lines that were typed are kept."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.path.join(state, "spelunk", "history")


def _set_up_readline(variables: Dict[str, Any]) -> None:
    try:
        import readline
    except ImportError:
        return
    completer = Completer(
        variables, lambda: readline.get_line_buffer()[: readline.get_begidx()]
    )
    readline.set_completer(completer.complete)
    # Brackets, quotes, dots and colons are part of what is completed.
    readline.set_completer_delims(" \t\n`~!@#$%^&*()-=+{}\\|;,<>?/")
    readline.parse_and_bind("tab: complete")
    path = history_path()
    readline.clear_history()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        readline.read_history_file(path)
    except OSError:
        pass
    readline.set_history_length(10_000)

    def save() -> None:
        try:
            readline.write_history_file(path)
        except OSError:
            pass

    atexit.register(save)


def interact(variables: Dict[str, Any], banner: str) -> None:
    """Read and run what the user types until the end of the input."""
    _set_up_readline(variables)
    saved = sys.displayhook
    sys.displayhook = show
    try:
        code.interact(banner=banner, local=variables, exitmsg="")
    finally:
        sys.displayhook = saved
