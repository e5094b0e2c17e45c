//! Macro replacement (C11, 6.10.3).
//!
//! Each token knows the names that were replaced on its way, which it does not stand for again: the
//! algorithm of Dave Prosser, by which the standard was written.

use super::substitute::substitute;
use super::token::{Hidden, Kind, Token, tokenize};
use super::{MacroDefinition, Scope};
use crate::{Error, Result};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Tokens that are looked at in one expression.
const MAX_TOKENS: usize = 200_000;
/// Arguments that stand in arguments.
const MAX_DEPTH: u32 = 40;
/// Macros that are replaced on the way to one token.
const MAX_HIDDEN: usize = 400;

/// Replaces all macros in `tokens`.
pub(super) fn expand(tokens: Vec<Token>, scope: &dyn Scope) -> Result<Vec<Token>> {
    let mut expansion = Expansion {
        scope,
        known: HashMap::new(),
        count: 0,
        depth: 0,
    };
    expansion.expand(tokens)
}

pub(super) struct Expansion<'a> {
    scope: &'a dyn Scope,
    known: HashMap<Rc<str>, Option<Rc<Macro>>>,
    count: usize,
    depth: u32,
}

/// A macro with its body in tokens.
pub(super) struct Macro {
    pub(super) parameters: Option<Parameters>,
    pub(super) body: Vec<Token>,
}

pub(super) struct Parameters {
    pub(super) names: Vec<Rc<str>>,
    /// Whether the last one takes all arguments that are left.
    pub(super) is_variadic: bool,
}

impl Macro {
    fn new(definition: &MacroDefinition) -> Result<Self> {
        let parameters = definition.parameters.as_deref().map(|names| {
            let names = names.iter().map(|name| match name.strip_suffix("...") {
                Some("") => ("__VA_ARGS__".into(), true),
                Some(name) => (name.into(), true),
                None => (Rc::from(&**name), false),
            });
            let (names, variadic): (Vec<Rc<str>>, Vec<bool>) = names.unzip();
            Parameters {
                names,
                is_variadic: variadic.last() == Some(&true),
            }
        });
        let mut body = tokenize(&definition.body)?;
        for token in body.iter_mut().filter(|token| token.is("##")) {
            token.kind = Kind::Paste;
        }
        Ok(Self { parameters, body })
    }
}

fn too_long() -> Error {
    Error::syntax("macros come to too long a text, or stand in one another too deeply")
}

impl Expansion<'_> {
    pub(super) fn expand(&mut self, tokens: Vec<Token>) -> Result<Vec<Token>> {
        if self.depth >= MAX_DEPTH {
            return Err(too_long());
        }
        self.depth += 1;
        // What comes next is last.
        let mut input: Vec<Token> = tokens.into_iter().rev().collect();
        let mut output = Vec::new();
        while let Some(token) = input.pop() {
            self.count += 1;
            if self.count > MAX_TOKENS {
                return Err(too_long());
            }
            match self.replacement(&token, &mut input)? {
                Some(replacement) => input.extend(replacement.into_iter().rev()),
                None => output.push(token),
            }
        }
        self.depth -= 1;
        Ok(output)
    }

    /// What stands for `token` and, if it is called, its arguments, which are taken from `input`;
    /// `None` if it stays.
    fn replacement(&mut self, token: &Token, input: &mut Vec<Token>) -> Result<Option<Vec<Token>>> {
        if token.kind != Kind::Identifier || token.hidden.contains(&token.text) {
            return Ok(None);
        }
        let Some(definition) = self.find(&token.text)? else {
            return Ok(None);
        };
        let (arguments, shared) = match &definition.parameters {
            None => (Vec::new(), token.hidden.as_ref().clone()),
            Some(parameters) => {
                if !input.last().is_some_and(|next| next.is("(")) {
                    return Ok(None);
                }
                let (arguments, end) = take_arguments(input, parameters)?;
                let shared = token.hidden.intersection(&end.hidden).cloned().collect();
                (arguments, shared)
            }
        };
        let hidden = self.hide(shared, &token.text)?;
        let mut replaced = substitute(self, &definition, &arguments)?;
        self.count += replaced.len();
        for (index, new) in replaced.iter_mut().enumerate() {
            if index == 0 {
                new.is_spaced = token.is_spaced;
            }
            new.hidden = union(&new.hidden, &hidden);
        }
        Ok(Some(replaced))
    }

    fn hide(&self, mut shared: BTreeSet<Rc<str>>, name: &Rc<str>) -> Result<Hidden> {
        shared.insert(Rc::clone(name));
        match shared.len() > MAX_HIDDEN {
            true => Err(too_long()),
            false => Ok(Rc::new(shared)),
        }
    }

    fn find(&mut self, name: &Rc<str>) -> Result<Option<Rc<Macro>>> {
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        let found = match self.scope.find_macro(name)? {
            Some(definition) => Some(Rc::new(Macro::new(&definition)?)),
            None => None,
        };
        self.known.insert(Rc::clone(name), found.clone());
        Ok(found)
    }
}

fn union(a: &Hidden, b: &Hidden) -> Hidden {
    if a.is_empty() || Rc::ptr_eq(a, b) {
        return Rc::clone(b);
    }
    Rc::new(a.union(b).cloned().collect())
}

/// The arguments of a call, of which `(` comes next, and the `)` behind them.
fn take_arguments(
    input: &mut Vec<Token>,
    parameters: &Parameters,
) -> Result<(Vec<Vec<Token>>, Token)> {
    input.pop();
    let count = parameters.names.len();
    let mut arguments = vec![Vec::new()];
    let mut open = 0u32;
    let end = loop {
        let Some(token) = input.pop() else {
            return Err(Error::syntax("call of a macro without its end"));
        };
        let is_last = parameters.is_variadic && arguments.len() == count;
        if open == 0 && token.is(")") {
            break token;
        } else if open == 0 && token.is(",") && !is_last {
            arguments.push(Vec::new());
            continue;
        } else if token.is("(") {
            open += 1;
        } else if token.is(")") {
            open -= 1;
        }
        if let Some(argument) = arguments.last_mut() {
            argument.push(token);
        }
    };
    if count == 0 && arguments.iter().all(Vec::is_empty) {
        arguments.clear();
    }
    // Variable arguments may be left out, with the comma before them.
    if parameters.is_variadic && arguments.len() + 1 == count {
        arguments.push(Vec::new());
    }
    match arguments.len() == count {
        true => Ok((arguments, end)),
        false => Err(Error::syntax(format!(
            "macro takes {count} arguments, not {}",
            arguments.len()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Object;

    struct Macros(Vec<(&'static str, Option<&'static [&'static str]>, &'static str)>);

    impl Scope for Macros {
        fn find_macro(&self, name: &str) -> Result<Option<MacroDefinition>> {
            let found = self.0.iter().find(|(known, ..)| *known == name);
            Ok(found.map(|(_, parameters, body)| MacroDefinition {
                parameters: parameters
                    .map(|names| names.iter().map(|name| (*name).into()).collect()),
                body: (*body).into(),
            }))
        }

        fn find_object(&self, _: &str) -> Result<Option<Object>> {
            Ok(None)
        }
    }

    fn expanded(macros: &Macros, text: &str) -> String {
        let tokens = expand(tokenize(text).unwrap(), macros).unwrap();
        let texts: Vec<&str> = tokens.iter().map(|token| &*token.text).collect();
        texts.join(" ")
    }

    /// The examples of C11, 6.10.3.5.
    #[test]
    fn the_examples_of_the_standard_come_out() {
        let macros = Macros(vec![
            ("x", None, "2"),
            ("f", Some(&["a"]), "f(x * (a))"),
            ("g", None, "f"),
            ("z", None, "z[0]"),
            ("h", None, "g(~"),
            ("m", Some(&["a"]), "a(w)"),
            ("w", None, "0,1"),
            ("t", Some(&["a"]), "a"),
            ("p", Some(&[]), "int"),
            ("q", Some(&["x"]), "x"),
            ("r", Some(&["x", "y"]), "x ## y"),
            ("str", Some(&["x"]), "# x"),
            ("hash_hash", None, "# ## #"),
            ("mkstr", Some(&["a"]), "# a"),
            ("in_between", Some(&["a"]), "mkstr(a)"),
            ("join", Some(&["c", "d"]), "in_between(c hash_hash d)"),
            ("t3", Some(&["x", "y", "z"]), "x ## y ## z"),
        ]);
        assert_eq!(expanded(&macros, "join(x, y)"), r#""2 ## y""#);
        assert_eq!(
            expanded(
                &macros,
                "t3(1,2,3), t3(,4,5), t3(6,,7), t3(8,9,), t3(10,,), t3(,11,), t3(,,12), t3(,,)"
            ),
            "123 , 45 , 67 , 89 , 10 , 11 , 12 ,"
        );
        assert_eq!(
            expanded(&macros, "f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);"),
            "f ( 2 * ( y + 1 ) ) + f ( 2 * ( f ( 2 * ( z [ 0 ] ) ) ) ) % \
             f ( 2 * ( 0 ) ) + t ( 1 ) ;"
        );
        assert_eq!(
            expanded(&macros, "g(x+(3,4)-w) | h 5) & m(f)^m(m);"),
            "f ( 2 * ( 2 + ( 3 , 4 ) - 0 , 1 ) ) | f ( 2 * ( ~ 5 ) ) & \
             f ( 2 * ( 0 , 1 ) ) ^ m ( 0 , 1 ) ;"
        );
        assert_eq!(
            expanded(
                &macros,
                "p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };"
            ),
            "int i [ ] = { 1 , 23 , 4 , 5 , } ;"
        );
        assert_eq!(
            expanded(&macros, r#"str(strncmp("abc\0d", "abc", '\4') == 0)"#),
            r#""strncmp(\"abc\\0d\", \"abc\", '\\4') == 0""#
        );
    }

    #[test]
    fn variable_arguments_take_all_that_is_left() {
        let macros = Macros(vec![
            ("c", Some(&["f", "..."]), "f(__VA_ARGS__)"),
            ("d", Some(&["f", "a..."]), "(f, ## a)"),
            ("o", Some(&["f", "..."]), "(f __VA_OPT__(, [__VA_ARGS__] ))"),
        ]);
        assert_eq!(expanded(&macros, "c(x, 1, (2, 3))"), "x ( 1 , ( 2 , 3 ) )");
        assert_eq!(expanded(&macros, "c(x)"), "x ( )");
        assert_eq!(expanded(&macros, "d(x)d(x,1,2)"), "( x ) ( x , 1 , 2 )");
        assert_eq!(expanded(&macros, "o(x)o(x,1)"), "( x ) ( x , [ 1 ] )");
    }

    #[test]
    fn text_that_grows_without_end_is_refused() {
        let bomb = Macros(vec![
            ("a", Some(&["x"]), "x x x x x x x x"),
            ("b", Some(&["x"]), "a(a(a(a(a(a(a(a(x))))))))"),
        ]);
        let tokens = tokenize("b(b(1))").unwrap();
        assert!(expand(tokens, &bomb).is_err());
        let deep = format!("{}1{}", "a(".repeat(500), ")".repeat(500));
        assert!(expand(tokenize(&deep).unwrap(), &bomb).is_err());
    }
}
