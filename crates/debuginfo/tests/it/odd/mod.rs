//! Debugging information as no compiler writes it: each oddity gives the right answer, or an error
//! that says in which section and where, and all else in the file stays usable.
//!
//! [`Odd`] is a file in which odd units stand between two sound ones.

mod abbreviations;
mod forms;
mod frames;
mod headers;
mod layout;
mod lines;
mod macros;
mod nesting;
mod ranges;
mod references;
mod sections;
mod strings;
mod values;

use crate::describe;
use crate::program::Program;
use spelunk_debuginfo::{FoundObject, ObjectKinds};
use spelunk_synth::dwarf::{Attribute, Dwarf, Shape, UnitKind, UnitWriter, Value, at, form, tag};
use spelunk_types::{QualifiedType, TypeData, TypeKind};

const C11: i128 = 0x1d;
const CPP11: i128 = 0x1a;

fn text(name: &str) -> Attribute {
    (at::NAME, form::STRING, Value::Text(name.to_owned()))
}

fn number(name: u64, form: u64, value: i128) -> Attribute {
    (name, form, Value::Number(value))
}

fn to(name: u64, label: spelunk_synth::dwarf::Label) -> Attribute {
    (name, form::REF4, Value::To(label))
}

/// `int`, and a label for it.
fn int(unit: &mut UnitWriter<'_>) -> spelunk_synth::dwarf::Label {
    let label = unit.here();
    unit.entry(
        tag::BASE_TYPE,
        &[
            text("int"),
            number(at::BYTE_SIZE, form::DATA1, 4),
            number(at::ENCODING, form::DATA1, 5),
        ],
    );
    label
}

/// Begins a compilation unit.
fn begin(unit: &mut UnitWriter<'_>, name: &str, language: i128) {
    let language = number(at::LANGUAGE, form::DATA1, language);
    unit.begin(tag::COMPILE_UNIT, &[text(name), language]);
}

/// A file that begins with a sound unit.
struct Odd {
    dwarf: Dwarf,
}

impl Odd {
    fn new(shape: Shape) -> Self {
        let mut odd = Self {
            dwarf: Dwarf::new(shape),
        };
        odd.sound("before");
        odd
    }

    fn usual() -> Self {
        Self::new(Shape::USUAL)
    }

    /// A unit with `struct NAME { int x; }`.
    fn sound(&mut self, name: &str) {
        self.unit(C11, |unit| {
            let int = int(unit);
            unit.begin(
                tag::STRUCTURE_TYPE,
                &[text(name), number(at::BYTE_SIZE, form::DATA1, 4)],
            );
            unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
            unit.end();
        });
    }

    /// A compilation unit in this language.
    fn unit(&mut self, language: i128, write: impl FnOnce(&mut UnitWriter<'_>)) {
        let mut unit = self.dwarf.unit(UnitKind::Compile);
        begin(&mut unit, "odd.c", language);
        write(&mut unit);
        unit.finish();
    }

    /// Ends the file with another sound unit and opens it.
    fn open(mut self) -> Opened {
        self.sound("after");
        let file = self.dwarf.elf().build();
        let opened = Opened(Program::of(&[(&file, 0)]));
        opened.assert_sound();
        opened
    }
}

/// The file, opened. Its sound units can be used.
struct Opened(Program);

impl Opened {
    fn assert_sound(&self) {
        for name in ["before", "after"] {
            let found = self.definition(TypeKind::Struct, name);
            assert_eq!(
                found.as_deref(),
                Ok("struct size 4 { x @0:0 int; }"),
                "{name}"
            );
        }
    }

    /// The type in one line, or what is wrong with it, or `none`.
    fn definition(&self, kind: TypeKind, name: &str) -> Result<String, String> {
        match self.ty(kind, name)? {
            Some(ty) => describe::definition(&self.0.store, ty).map_err(|error| error.to_string()),
            None => Ok("none".to_owned()),
        }
    }

    fn ty(&self, kind: TypeKind, name: &str) -> Result<Option<QualifiedType>, String> {
        let found = self.0.info.find_type(&[kind], name, None);
        found.map_err(|error| error.to_string())
    }

    fn object(&self, name: &str) -> Result<Option<FoundObject>, String> {
        let found = self.0.info.find_object(name, None, ObjectKinds::ANY);
        found.map_err(|error| error.to_string())
    }

    /// The type of an object in one line.
    fn type_of(&self, name: &str) -> Result<String, String> {
        let object = self.object(name)?.ok_or("none")?;
        describe::definition(&self.0.store, object.ty).map_err(|error| error.to_string())
    }

    /// What is wrong with a member of a structure.
    fn member_error(&self, name: &str, member: &str) -> String {
        let ty = self.ty(TypeKind::Struct, name).unwrap().unwrap();
        let members = self.0.store.members(ty.id).unwrap().unwrap();
        let member = members
            .members
            .iter()
            .find(|found| found.name.as_deref() == Some(member));
        self.0
            .store
            .get(member.unwrap().ty.id)
            .unwrap_err()
            .to_string()
    }

    /// What is wrong with the units, if one is.
    fn damage(&self) -> String {
        let files = self.0.info.files();
        let damage = files[0].with_units(|units| Ok(units.damage().to_vec()));
        let [damage] = &damage.unwrap()[..] else {
            panic!("one unit is damaged");
        };
        damage.to_string()
    }

    /// The enumerators of an enumeration and their values.
    fn enumerators(&self, name: &str) -> Result<Vec<(String, i128)>, String> {
        let ty = self.ty(TypeKind::Enum, name)?.ok_or("none")?;
        let ty = self.0.store.get(ty.id).map_err(|error| error.to_string())?;
        let TypeData::Enum {
            enumerators: Some(enumerators),
            ..
        } = &ty.data
        else {
            return Err("no enumeration".to_owned());
        };
        Ok(enumerators
            .iter()
            .map(|one| (one.name.to_string(), one.value))
            .collect())
    }
}

/// An error says in which section and where it is, and what is wrong there.
fn assert_tells(error: &str, section: &str, words: &str) {
    let place = format!("test: {section}+0x");
    assert!(
        error.starts_with(&place) && error.contains(words),
        "{error}"
    );
}
