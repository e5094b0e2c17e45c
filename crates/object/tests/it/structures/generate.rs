//! Makes up structures, and what they hold.

use spelunk_synth::Random;
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    Union,
}

/// A structure or union.
pub(super) struct Compound {
    pub(super) kind: Kind,
    pub(super) is_packed: bool,
    alignment: Option<u32>,
    pub(super) members: Vec<Member>,
}

pub(super) struct Member {
    name: String,
    pub(super) shape: Shape,
    alignment: Option<u32>,
}

/// What a member is.
pub(super) enum Shape {
    Integer(&'static str),
    BitField {
        ty: &'static str,
        width: u32,
    },
    Float(&'static str),
    Enum(usize),
    Pointer,
    Array(Box<Shape>, usize),
    /// One of the structures before.
    Compound(usize),
    Anonymous(Box<Compound>),
    /// Bits without a name.
    Padding {
        ty: &'static str,
        width: u32,
    },
}

/// What a member holds.
pub(super) enum Content {
    Integer(i128),
    Float(f64),
    Elements(Vec<Content>),
    /// By name; of a union one, and those of anonymous members among them.
    Members(Vec<(String, Content)>),
}

const ENUMS: &str = "\
enum e0 { A0, B0 = 5, C0 = 200 };
enum e1 { A1 = -7, B1 = 1000 };
enum __attribute__((packed)) e2 { A2, B2 = 250 };
enum e3 { A3 = 0x7fffffff, B3 = -1 };
";
const ENUM_VALUES: [&[i128]; 4] = [
    &[0, 5, 200, 77],
    &[-7, 1000, 3],
    &[0, 250, 9],
    &[0x7fff_ffff, -1],
];
const INTEGERS: [&str; 11] = [
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned int",
    "long long",
    "unsigned long long",
    "_Bool",
    "__int128",
    "unsigned __int128",
];

/// Bits of a type, and whether it is signed.
fn size_of(ty: &str) -> (u32, bool) {
    match ty {
        "signed char" => (8, true),
        "unsigned char" => (8, false),
        "short" => (16, true),
        "unsigned short" => (16, false),
        "int" => (32, true),
        "unsigned int" => (32, false),
        "long long" => (64, true),
        "unsigned long long" => (64, false),
        "_Bool" => (1, false),
        "__int128" => (128, true),
        _ => (128, false),
    }
}

/// What a compiler can do.
#[derive(Clone, Copy)]
pub(super) struct Abilities {
    pub(super) has_int128: bool,
    /// Whether debugging information says where a bit field that is as wide as its type is, which
    /// clang 14 takes for a plain member.
    pub(super) tells_full_width: bool,
    /// Whether debugging information says what became of the alignment that was asked of a
    /// structure, not just what was asked for: it is larger if a member asks for more.
    pub(super) tells_alignment: bool,
}

/// A program that holds structures.
pub(super) struct Source {
    random: Random,
    abilities: Abilities,
    names: usize,
    pub(super) compounds: Vec<Compound>,
    pub(super) contents: Vec<Content>,
}

impl Source {
    pub(super) fn new(seed: u64, count: usize, abilities: Abilities) -> Self {
        let mut source = Self {
            random: Random::new(seed),
            abilities,
            names: 0,
            compounds: Vec::new(),
            contents: Vec::new(),
        };
        for _ in 0..count {
            let compound = source.compound(2);
            source.compounds.push(compound);
        }
        let compounds = std::mem::take(&mut source.compounds);
        for compound in &compounds {
            let content = source.compound_content(&compounds, compound);
            source.contents.push(content);
        }
        Self {
            compounds,
            ..source
        }
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.below(all.len())]
    }

    fn compound(&mut self, depth: u32) -> Compound {
        let kind = if self.one_in(5) {
            Kind::Union
        } else {
            Kind::Struct
        };
        let is_packed = self.one_in(5);
        let alignment = self
            .one_in(6)
            .then(|| match self.abilities.tells_alignment {
                true => self.pick(&[2, 8, 16, 64]),
                false => 64,
            });
        let members = (0..1 + self.random.below(8))
            .map(|_| self.member(depth, is_packed))
            .collect();
        Compound {
            kind,
            is_packed,
            alignment,
            members,
        }
    }

    fn member(&mut self, depth: u32, is_packed: bool) -> Member {
        self.names += 1;
        let shape = match self.random.below(12) {
            0..=3 => {
                let ty = self.bit_field_type();
                let mut width = 1 + self.random.below(size_of(ty).0 as usize) as u32;
                if is_packed && !self.abilities.tells_full_width && ty != "_Bool" {
                    width = width.min(size_of(ty).0 - 1);
                }
                if self.one_in(12) {
                    let width = if self.one_in(2) { 0 } else { width };
                    Shape::Padding { ty, width }
                } else {
                    Shape::BitField { ty, width }
                }
            }
            4 if depth > 0 => Shape::Anonymous(Box::new(self.compound(depth - 1))),
            5 if !self.compounds.is_empty() => {
                Shape::Compound(self.random.below(self.compounds.len()))
            }
            6 => {
                let element = match self.compounds.len() {
                    count if count > 0 && self.one_in(3) => {
                        Shape::Compound(self.random.below(count))
                    }
                    _ => self.plain(depth),
                };
                Shape::Array(Box::new(element), 1 + self.random.below(4))
            }
            _ => self.plain(depth),
        };
        let is_alignable = matches!(shape, Shape::Integer(_) | Shape::Pointer | Shape::Float(_));
        let alignment =
            (is_alignable && !is_packed && self.one_in(10)).then(|| self.pick(&[4, 8, 32]));
        Member {
            name: format!("m{}", self.names),
            shape,
            alignment,
        }
    }

    fn bit_field_type(&mut self) -> &'static str {
        self.pick(&INTEGERS[..9])
    }

    fn plain(&mut self, depth: u32) -> Shape {
        match self.random.below(8) {
            0 => Shape::Float(self.pick(&["float", "double"])),
            1 => Shape::Enum(self.random.below(ENUM_VALUES.len())),
            2 => Shape::Pointer,
            3 if depth > 0 => {
                let element = self.plain(depth - 1);
                Shape::Array(Box::new(element), 1 + self.random.below(3))
            }
            _ => {
                let count = if self.abilities.has_int128 {
                    INTEGERS.len()
                } else {
                    9
                };
                Shape::Integer(self.pick(&INTEGERS[..count]))
            }
        }
    }

    fn integer(&mut self, bits: u32, is_signed: bool) -> i128 {
        let number = u128::from(self.random.next_u64()) << 64 | u128::from(self.random.next_u64());
        let number = match self.random.below(5) {
            0 => 0,
            1 => u128::MAX,
            2 => 1 << (bits - 1),
            _ => number,
        };
        let number = number << (128 - bits);
        match is_signed {
            true => number.cast_signed() >> (128 - bits),
            false => (number >> (128 - bits)).cast_signed(),
        }
    }

    /// Something for a member to hold.
    fn content(&mut self, compounds: &[Compound], shape: &Shape) -> Content {
        match shape {
            Shape::Integer(ty) => {
                let (bits, is_signed) = size_of(ty);
                Content::Integer(self.integer(bits, is_signed))
            }
            Shape::BitField { ty, width } => Content::Integer(self.integer(*width, size_of(ty).1)),
            Shape::Float(_) => Content::Float((self.integer(24, true) as f64) / 64.0),
            Shape::Enum(index) => Content::Integer(self.pick(ENUM_VALUES[*index])),
            Shape::Pointer => Content::Integer(self.integer(31, false)),
            Shape::Array(element, count) => {
                let elements = (0..*count).map(|_| self.content(compounds, element));
                Content::Elements(elements.collect())
            }
            Shape::Compound(index) => self.compound_content(compounds, &compounds[*index]),
            Shape::Anonymous(inner) => self.compound_content(compounds, inner),
            Shape::Padding { .. } => Content::Members(Vec::new()),
        }
    }

    fn compound_content(&mut self, compounds: &[Compound], compound: &Compound) -> Content {
        let members: Vec<&Member> = compound
            .members
            .iter()
            .filter(|member| !matches!(member.shape, Shape::Padding { .. }))
            .collect();
        let chosen = match compound.kind {
            Kind::Union if !members.is_empty() => vec![members[self.random.below(members.len())]],
            _ => members,
        };
        let mut contents = Vec::new();
        for member in chosen {
            let content = self.content(compounds, &member.shape);
            match (&member.shape, content) {
                (Shape::Anonymous(_), Content::Members(inner)) => contents.extend(inner),
                (_, content) => contents.push((member.name.clone(), content)),
            }
        }
        Content::Members(contents)
    }

    /// Whether the alignment is asked for or that of the members, all the way down: that
    /// structures are packed is not part of debugging information.
    pub(super) fn tells_alignment(&self, compound: &Compound) -> bool {
        let is_told = |member: &Member| {
            let mut shape = &member.shape;
            while let Shape::Array(element, _) = shape {
                shape = element;
            }
            match shape {
                Shape::Compound(index) => self.tells_alignment(&self.compounds[*index]),
                Shape::Anonymous(inner) => self.tells_alignment(inner),
                _ => true,
            }
        };
        compound.alignment.is_some() || !compound.is_packed && compound.members.iter().all(is_told)
    }

    /// Names of members that have an address.
    pub(super) fn plain_members(&self, index: usize) -> Vec<String> {
        self.compounds[index].plain_members()
    }

    pub(super) fn definition(&self, index: usize) -> String {
        self.compounds[index].definition(Some(&format!("s{index}")))
    }

    /// The program.
    pub(super) fn text(&self) -> String {
        let mut text = ENUMS.to_owned();
        let mut layout = String::new();
        for (index, compound) in self.compounds.iter().enumerate() {
            let name = format!("{} s{index}", compound.keyword());
            let content = initializer(&self.contents[index]);
            writeln!(
                text,
                "{};\n{name} v{index} = {content};",
                self.definition(index)
            )
            .unwrap();
            writeln!(layout, "sizeof({name}), _Alignof({name}),").unwrap();
            for member in compound.plain_members() {
                writeln!(layout, "__builtin_offsetof({name}, {member}),").unwrap();
            }
        }
        writeln!(text, "unsigned layout[] = {{ {layout} }};").unwrap();
        text
    }
}

impl Compound {
    pub(super) fn keyword(&self) -> &'static str {
        match self.kind {
            Kind::Struct => "struct",
            Kind::Union => "union",
        }
    }

    fn definition(&self, tag: Option<&str>) -> String {
        let mut text = format!("{} ", self.keyword());
        let packed = if self.is_packed { "packed," } else { "" };
        let aligned = self
            .alignment
            .map_or(String::new(), |bytes| format!("aligned({bytes})"));
        write!(
            text,
            "__attribute__(({packed}{aligned})) {} {{ ",
            tag.unwrap_or("")
        )
        .unwrap();
        for member in &self.members {
            let mut declarator = member.name.clone();
            let mut shape = &member.shape;
            while let Shape::Array(element, count) = shape {
                write!(declarator, "[{count}]").unwrap();
                shape = element;
            }
            if let Some(bytes) = member.alignment {
                write!(declarator, " __attribute__((aligned({bytes})))").unwrap();
            }
            match shape {
                Shape::Integer(ty) | Shape::Float(ty) => write!(text, "{ty} {declarator}; "),
                Shape::BitField { ty, width } => write!(text, "{ty} {declarator} : {width}; "),
                Shape::Padding { ty, width } => write!(text, "{ty} : {width}; "),
                Shape::Enum(index) => write!(text, "enum e{index} {declarator}; "),
                Shape::Pointer => write!(text, "void *{declarator}; "),
                Shape::Compound(index) => {
                    // Unions and structures share the name space of tags.
                    write!(text, "__typeof__(v{index}) {declarator}; ")
                }
                Shape::Anonymous(inner) => write!(text, "{}; ", inner.definition(None)),
                Shape::Array(..) => unreachable!("peeled off"),
            }
            .unwrap();
        }
        text + "}"
    }

    fn plain_members(&self) -> Vec<String> {
        let mut names = Vec::new();
        for member in &self.members {
            match &member.shape {
                Shape::BitField { .. } | Shape::Padding { .. } => {}
                Shape::Anonymous(inner) => names.extend(inner.plain_members()),
                _ => names.push(member.name.clone()),
            }
        }
        names
    }
}

fn initializer(content: &Content) -> String {
    match content {
        Content::Integer(value) => {
            let bits = value.cast_unsigned();
            match i64::try_from(*value) {
                Ok(i64::MIN) => "(-0x7fffffffffffffffll - 1)".into(),
                Ok(value) => format!("(__typeof__(0ll)){value}ll"),
                Err(_) if bits >> 64 == 0 => format!("{bits:#x}ull"),
                Err(_) => format!(
                    "((unsigned __int128){:#x}ull << 64 | {:#x}ull)",
                    bits >> 64,
                    bits & u128::from(u64::MAX)
                ),
            }
        }
        Content::Float(value) => format!("{value:?}"),
        Content::Elements(elements) => {
            let elements: Vec<String> = elements.iter().map(initializer).collect();
            format!("{{ {} }}", elements.join(", "))
        }
        Content::Members(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, content)| format!(".{name} = {}", initializer(content)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}
