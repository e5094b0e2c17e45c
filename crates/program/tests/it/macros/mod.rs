//! Macros of programs that are compiled here, with the programs themselves as oracles: they print
//! type and value of each macro.

mod builds;
mod headers;
mod random;

use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_program::Program;
use spelunk_types::QualifiedType;
use std::path::Path;
use std::sync::Arc;

/// A program with the debugging information of one file.
fn open(path: &Path) -> Arc<Program> {
    let elf = ElfFile::parse(FileData::open(path).unwrap()).unwrap();
    let program = Program::new(Some(elf.platform()));
    let file = DebugFile::new(elf, SectionAddresses::default(), 0);
    program.debug_info().add(file).unwrap();
    program
}

/// Prints the type of an expression as C writes it, and the bytes of its value.
const PRINTER: &str = r#"
#include <stdio.h>
#include <string.h>
#define TYPE_NAME(x) _Generic((x), char: "char", signed char: "signed char", \
    unsigned char: "unsigned char", short: "short", unsigned short: "unsigned short", \
    int: "int", unsigned int: "unsigned int", long: "long", unsigned long: "unsigned long", \
    long long: "long long", unsigned long long: "unsigned long long", _Bool: "_Bool", \
    float: "float", double: "double", long double: "long double", char *: "char *", \
    int *: "int *", void *: "void *", default: "other")
static void print_bytes(const char *name, const char *type, const void *value, unsigned long size)
{
    printf("%s\t%s\t", name, type);
    for (unsigned long i = 0; i < size && (i < 10 || strcmp(type, "long double")); i++)
        printf("%02x", ((const unsigned char *)value)[i]);
    printf("\n");
}
#define PRINT(x) do { __typeof__((x)) value; memset(&value, 0, sizeof(value)); value = (x); \
    print_bytes(#x, TYPE_NAME(x), &value, sizeof(value)); } while (0)
#define PRINT_TEXT(x) do { static const __typeof__((x)[0]) value[] = x; \
    print_bytes(#x, "array", value, sizeof(value)); } while (0)
"#;

/// What our evaluation of a macro prints as the oracle does.
fn answer(program: &Program, name: &str) -> Result<String, String> {
    let object = program
        .constant(name, None)
        .map_err(|error| error.to_string())?;
    let types = program.types();
    let mut bytes = object.to_bytes(program).unwrap();
    let plain = QualifiedType::from(spelunk_object::unaliased(types, object.ty()).unwrap().id);
    let mut ty = spelunk_object::type_name(types, plain).unwrap();
    if ty.contains('[') {
        ty = "array".into();
    } else if let Some(primitive) = spelunk_object::Primitive::parse(&ty) {
        ty = primitive.name().into();
    }
    if ty == "long double" {
        bytes.truncate(10);
    }
    let bytes: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{name}\t{ty}\t{bytes}"))
}
