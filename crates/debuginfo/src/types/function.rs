use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::constants as dw;
use spelunk_types::{Parameter, TypeData, TypeStore};

/// Parameters of a function: more is no program but a damaged file.
const MAX_PARAMETERS: usize = 1 << 16;

impl DebugFile {
    /// The type of a function: of `DW_TAG_subroutine_type`, or of a function itself.
    pub(super) fn function(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TypeData, DebugInfoError> {
        // The code of an inline function lists only the parameters that are left of it.
        // After link-time optimization that is the code of one copy of an abstract function.
        let mut origin = die.reference(dw::DW_AT_abstract_origin)?;
        for _ in 0..super::MAX_CHAIN {
            let Some(next) = origin else { break };
            let next = die.units().die(next)?;
            origin = next.reference(dw::DW_AT_abstract_origin)?;
            if origin.is_none() {
                return self.function(store, &next);
            }
        }
        if origin.is_some() {
            return Err(die.damaged("function has too many origins"));
        }
        let mut parameters = Vec::new();
        let mut is_variadic = false;
        let mut add = |child: &Die<'_, '_>| -> Result<(), DebugInfoError> {
            match child.tag() {
                dw::DW_TAG_formal_parameter => {
                    if parameters.len() == MAX_PARAMETERS {
                        return Err(child.damaged("function has too many parameters"));
                    }
                    parameters.push(Parameter {
                        name: super::optional_name(child)?,
                        ty: self.declared_type(store, child)?,
                    });
                }
                dw::DW_TAG_unspecified_parameters => is_variadic = true,
                _ => {}
            }
            Ok(())
        };
        die.for_each_child(|child| match child.tag() {
            // What `T... t` stands for in a template's copy, by GCC.
            dw::DW_TAG_GNU_formal_parameter_pack => child.for_each_child(|packed| add(&packed)),
            _ => add(&child),
        })?;
        Ok(TypeData::Function {
            return_type: self.declared_type(store, die)?,
            parameters: parameters.into(),
            is_variadic,
        })
    }
}
