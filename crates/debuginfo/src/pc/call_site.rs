use crate::dwarf::Slice;
use crate::entry::Die;
use crate::object::ObjectValue;
use crate::place::function_value;
use crate::unit::Unit;
use crate::{DebugFile, DebugInfoError, DieId, Scope, UnitIndex, Units};
use gimli::{AttributeValue, UnitOffset, constants as dw};
use std::sync::Arc;

/// Call sites of a function at most; those of a damaged file beyond are not looked at.
const MAX_SITES: usize = 1 << 16;

/// The calls that a function makes, as far as debug information tells.
#[derive(Debug, Default)]
pub struct FunctionCalls {
    /// Where the function starts.
    pub entry: Option<u64>,
    /// Whether all its tail calls are among the sites (`DW_AT_call_all_tail_calls` and its like).
    pub has_all_tail_calls: bool,
    /// The calls, in the order of the debug information.
    pub sites: Vec<CallSite>,
}

/// A call, or a jump that stands for one (DWARF 5, section 3.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// Its `DW_TAG_call_site`.
    pub die: DieId,
    /// Where it is.
    pub place: CallPlace,
    /// Whether the function's frame is gone when the called one runs.
    pub is_tail_call: bool,
    /// What it calls.
    pub target: CallTarget,
}

/// Where a call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallPlace {
    /// The instruction starts at this address.
    At(u64),
    /// The instruction ends before this address, to which a call returns.
    Before(u64),
}

impl CallPlace {
    /// The address whose byte before is in the instruction: where the call returns to, if that is
    /// known.
    #[must_use]
    pub fn return_address(self) -> u64 {
        match self {
            Self::At(address) => address.wrapping_add(1),
            Self::Before(address) => address,
        }
    }
}

/// What a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallTarget {
    /// The function that starts at this address.
    Address(u64),
    /// The function with this entry, which may have code of its own, or be a declaration.
    Function(DieId),
    /// What an expression tells in the frame.
    Computed,
    /// Nothing tells.
    Unknown,
}

/// How linkers know a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linkage {
    /// The name.
    pub name: Arc<str>,
    /// Whether it is visible outside of its unit.
    pub is_external: bool,
}

impl FunctionCalls {
    /// The call that returns to `address`.
    #[must_use]
    pub fn find_returning_to(&self, address: u64) -> Option<&CallSite> {
        let place = CallPlace::Before(address);
        let mut sites = self.sites.iter();
        sites.find(|site| !site.is_tail_call && site.place == place)
    }

    /// The calls that leave no frame.
    pub fn tail_calls(&self) -> impl Iterator<Item = &CallSite> {
        self.sites.iter().filter(|site| site.is_tail_call)
    }
}

impl DebugFile {
    /// The calls that the function around `scope` makes.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn function_calls(&self, scope: &Scope) -> Result<Arc<FunctionCalls>, DebugInfoError> {
        self.with_units(|units| self.calls_of(units, scope.unit, scope.function))
    }

    /// The calls that the function makes that has code at `pc`; `None` if no function is there.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn function_calls_at(&self, pc: u64) -> Result<Option<Arc<FunctionCalls>>, DebugInfoError> {
        let pc = pc.wrapping_sub(self.bias());
        self.with_units(|units| {
            let Some((unit, function)) = self.find_function(units, pc)? else {
                return Ok(None);
            };
            let function = units.die_at(unit, function)?;
            self.calls_of(units, unit, function).map(Some)
        })
    }

    fn calls_of(
        &self,
        units: &Units<'_>,
        unit: UnitIndex,
        function: DieId,
    ) -> Result<Arc<FunctionCalls>, DebugInfoError> {
        let tables = &self.pc_tables.scopes;
        let read = || self.read_calls(units, unit, function);
        tables.calls.get(function, read)
    }

    fn read_calls(
        &self,
        units: &Units<'_>,
        unit: UnitIndex,
        function: DieId,
    ) -> Result<FunctionCalls, DebugInfoError> {
        let unit = units.unit(unit)?;
        let mut calls = FunctionCalls {
            entry: self.entry_address(units, function).ok().flatten(),
            ..FunctionCalls::default()
        };
        let mut raw = Vec::new();
        if let Some(offset) = unit.offset_of(function)
            && scan(unit, offset, &mut calls, &mut raw).is_err()
        {
            // What can be read counts, but it is not all.
            calls.has_all_tail_calls = false;
        }
        for site in raw {
            calls.sites.push(CallSite {
                die: unit.die_id(site.offset),
                place: match site.place {
                    CallPlace::At(address) => CallPlace::At(address.wrapping_add(self.bias())),
                    CallPlace::Before(end) => CallPlace::Before(end.wrapping_add(self.bias())),
                },
                is_tail_call: site.is_tail_call,
                target: self.target(unit, &site),
            });
        }
        Ok(calls)
    }

    fn target(&self, unit: &Unit<'_>, site: &RawSite<'_>) -> CallTarget {
        let Some(origin) = site.origin else {
            return match site.has_target {
                true => CallTarget::Computed,
                false => CallTarget::Unknown,
            };
        };
        match origin {
            AttributeValue::UnitRef(offset) if offset.is_in_bounds(&unit.header) => {
                CallTarget::Function(unit.die_id(offset))
            }
            AttributeValue::DebugInfoRef(offset) => {
                CallTarget::Function(unit.die_in_section(offset.0))
            }
            // GCC, of functions that have no entry.
            value => match unit.dwarf().attr_address(unit, value) {
                Ok(Some(address)) => CallTarget::Address(self.load_bias().relocate(address)),
                _ => CallTarget::Unknown,
            },
        }
    }

    /// The address of the function with this entry, if it has code of its own.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn function_address(&self, function: DieId) -> Result<Option<u64>, DebugInfoError> {
        self.with_units(|units| self.entry_address(units, function))
    }

    fn entry_address(
        &self,
        units: &Units<'_>,
        function: DieId,
    ) -> Result<Option<u64>, DebugInfoError> {
        let platform = self.elf().platform();
        let value = function_value(&units.die(function)?, platform, self.load_bias())?;
        Ok(match value {
            ObjectValue::Address(address) => Some(address),
            _ => None,
        })
    }

    /// How linkers know the function with this entry, if it has a name.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn function_linkage(&self, function: DieId) -> Result<Option<Linkage>, DebugInfoError> {
        self.with_units(|units| {
            let names = units.function_names(function)?;
            let external = |die: &Die<'_, '_>| Ok(die.flag(dw::DW_AT_external).then_some(()));
            let is_external = units.integrate(function, external)?.is_some();
            let name = names.linkage_name.or(names.name);
            Ok(name.map(|name| Linkage { name, is_external }))
        })
    }
}

/// A call site, with addresses of the file.
struct RawSite<'a> {
    offset: UnitOffset,
    place: CallPlace,
    is_tail_call: bool,
    origin: Option<AttributeValue<Slice<'a>>>,
    has_target: bool,
}

/// Goes over the entries of a function, but for functions in it.
fn scan<'a>(
    unit: &Unit<'a>,
    function: UnitOffset,
    calls: &mut FunctionCalls,
    sites: &mut Vec<RawSite<'a>>,
) -> Result<(), gimli::Error> {
    let mut entries = unit.entries_raw(Some(function))?;
    let top = entries.next_depth();
    let mut is_first = true;
    // Entries deeper than this are in a function within.
    let mut outside = isize::MAX;
    while !entries.is_empty() && sites.len() < MAX_SITES {
        let offset = entries.next_offset();
        let depth = entries.next_depth();
        if depth <= top && !is_first {
            break;
        }
        let Some(abbreviation) = entries.read_abbreviation()? else {
            continue;
        };
        if depth <= outside {
            outside = isize::MAX;
        }
        let tag = abbreviation.tag();
        let is_site = matches!(tag, dw::DW_TAG_call_site | dw::DW_TAG_GNU_call_site);
        if is_first {
            is_first = false;
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                calls.has_all_tail_calls |= tells_all_tail_calls(attribute.name())
                    && attribute.value() == AttributeValue::Flag(true);
            }
        } else if is_site && outside == isize::MAX {
            let mut raw = SiteAttributes::default();
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                raw.take(attribute.name(), attribute.value());
            }
            sites.extend(raw.site(unit, offset));
        } else {
            entries.skip_attributes(abbreviation.attributes())?;
            if tag == dw::DW_TAG_subprogram && outside == isize::MAX {
                outside = depth;
            }
        }
    }
    Ok(())
}

fn tells_all_tail_calls(name: gimli::DwAt) -> bool {
    matches!(
        name,
        dw::DW_AT_call_all_calls
            | dw::DW_AT_call_all_source_calls
            | dw::DW_AT_call_all_tail_calls
            | dw::DW_AT_GNU_all_call_sites
            | dw::DW_AT_GNU_all_source_call_sites
            | dw::DW_AT_GNU_all_tail_call_sites
    )
}

#[derive(Default)]
struct SiteAttributes<'a> {
    at: Option<AttributeValue<Slice<'a>>>,
    before: Option<AttributeValue<Slice<'a>>>,
    is_tail_call: bool,
    origin: Option<AttributeValue<Slice<'a>>>,
    has_target: bool,
}

impl<'a> SiteAttributes<'a> {
    fn take(&mut self, name: gimli::DwAt, value: AttributeValue<Slice<'a>>) {
        match name {
            dw::DW_AT_call_pc => self.at = Some(value),
            // GNU's has the address behind the call in DW_AT_low_pc.
            dw::DW_AT_call_return_pc | dw::DW_AT_low_pc => self.before = Some(value),
            dw::DW_AT_call_tail_call | dw::DW_AT_GNU_tail_call => {
                self.is_tail_call = value == AttributeValue::Flag(true);
            }
            dw::DW_AT_call_origin | dw::DW_AT_abstract_origin => self.origin = Some(value),
            dw::DW_AT_call_target | dw::DW_AT_GNU_call_site_target => self.has_target = true,
            _ => {}
        }
    }

    fn site(self, unit: &Unit<'a>, offset: UnitOffset) -> Option<RawSite<'a>> {
        let address = |value| unit.dwarf().attr_address(unit, value).ok().flatten();
        let before = self.before.and_then(address).map(CallPlace::Before);
        let at = || self.at.and_then(address).map(CallPlace::At);
        Some(RawSite {
            offset,
            place: before.or_else(at)?,
            is_tail_call: self.is_tail_call,
            origin: self.origin,
            has_target: self.has_target,
        })
    }
}
