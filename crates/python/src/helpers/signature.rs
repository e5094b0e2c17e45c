//! Signatures and documentation of helpers.

use spelunk_linux::helper::{Default, Front, Helper, Output, ParamKind};

/// A parameter as Python's introspection and stubs show it.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) annotation: String,
    /// The default as an expression.
    pub(super) default: Option<String>,
    pub(super) keyword_only: bool,
    pub(super) doc: String,
}

/// All parameters, with what may stand in front of them.
pub(super) fn parameters(helper: &Helper) -> Vec<Parameter> {
    let front = match helper.front {
        Front::Nothing => None,
        Front::Program => Some(("prog", "Program", String::new())),
        Front::Namespace { name, c_type } => Some((
            name,
            "Union[Object, Program]",
            format!("``{c_type}``. The initial one if a program is given or it is left out."),
        )),
    };
    let front = front.map(|(name, annotation, doc)| Parameter {
        name,
        annotation: annotation.into(),
        default: None,
        keyword_only: false,
        doc,
    });
    let others = helper.params.iter().map(|param| {
        let annotation = match param.default {
            Default::None => format!("Optional[{}]", annotation(param.kind)),
            _ => annotation(param.kind),
        };
        let doc = match (param.kind, param.doc) {
            (ParamKind::Object(c_type), "") if !c_type.is_empty() => format!("``{c_type}``"),
            (_, doc) => doc.to_owned(),
        };
        Parameter {
            name: param.name,
            annotation,
            default: match param.default {
                Default::Required => None,
                Default::None => Some("None".into()),
                Default::Bool(value) => Some(if value { "True" } else { "False" }.into()),
                Default::Str(value) => Some(format!("'{value}'")),
            },
            keyword_only: param.keyword_only,
            doc,
        }
    });
    front.into_iter().chain(others).collect()
}

fn annotation(kind: ParamKind) -> String {
    match kind {
        ParamKind::Object(_) => "Object".into(),
        ParamKind::Int => "IntegerLike".into(),
        ParamKind::Str => "str".into(),
        ParamKind::Bytes => "Union[str, bytes]".into(),
        ParamKind::Path => "Path".into(),
        ParamKind::Type => "Union[str, Type]".into(),
        ParamKind::Bool => "bool".into(),
        ParamKind::Callback(annotation) | ParamKind::Any(annotation) => annotation.into(),
        ParamKind::BoolOr(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            format!("Union[bool, Literal[{}]]", words.join(", "))
        }
        ParamKind::File => "SupportsWrite[str]".into(),
    }
}

/// The annotation of the result.
pub(super) fn returns(helper: &Helper) -> &'static str {
    match helper.output {
        Output::Returns(annotation, _) => annotation,
        Output::Prints => "None",
    }
}

/// The docstring.
pub(super) fn doc(helper: &Helper) -> String {
    let mut doc = helper.doc.trim().to_owned();
    doc.push('\n');
    for parameter in parameters(helper) {
        if !parameter.doc.is_empty() {
            doc += &format!("\n:param {}: {}", parameter.name, parameter.doc);
        }
    }
    if let Output::Returns(_, text) = helper.output
        && !text.is_empty()
    {
        doc += &format!("\n:return: {text}");
    }
    doc
}

/// The parameters as `__text_signature__` says them.
pub(super) fn text(helper: &Helper) -> String {
    let mut list = Vec::new();
    let mut star = false;
    for parameter in parameters(helper) {
        if parameter.keyword_only && !star {
            star = true;
            list.push("*".into());
        }
        list.push(match parameter.default {
            Some(default) => format!("{}={default}", parameter.name),
            None => parameter.name.to_owned(),
        });
    }
    format!("({})", list.join(", "))
}
