use crate::ranges::{MAX_RANGES, RangeAttributes};
use crate::unit::Unit;
use crate::{DebugInfoError, UnitIndex, Units};
use gimli::{AttributeValue, UnitOffset, constants as dw};
use std::ops::Range;

/// Blocks and inlined copies in each other; what is deeper is left out. Each is gone through for its variables, which
/// would take for ever where each is all but the head of the one around it.
const MAX_NESTING: usize = 1 << 8;

/// A function with the inlined copies and lexical blocks in it.
pub(super) struct FunctionTree {
    /// The function first, then each node before what is in it.
    nodes: Vec<Node>,
    ranges: Vec<Range<u64>>,
}

/// One of them.
pub(super) struct Node {
    pub(super) offset: UnitOffset,
    pub(super) kind: NodeKind,
    /// How deep it stands below the function, counting all entries.
    depth: isize,
    ranges: Range<usize>,
}

pub(super) enum NodeKind {
    Function,
    Block,
    Inlined(CallSite),
}

/// Where an inlined copy was called (`DW_AT_call_file` and its like).
#[derive(Default)]
pub(super) struct CallSite {
    pub(super) file: u64,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl FunctionTree {
    /// Goes over the entries of the function at `function`.
    pub(super) fn new(
        units: &Units<'_>,
        index: UnitIndex,
        function: UnitOffset,
    ) -> Result<Self, DebugInfoError> {
        let unit = units.unit(index)?;
        let mut tree = Self {
            nodes: Vec::new(),
            ranges: Vec::new(),
        };
        // What can be read of a damaged function counts.
        let _ = tree.scan(unit, function);
        Ok(tree)
    }

    fn scan(&mut self, unit: &Unit<'_>, function: UnitOffset) -> Result<(), gimli::Error> {
        let mut entries = unit.entries_raw(Some(function))?;
        let top = entries.next_depth();
        while !entries.is_empty() && self.ranges.len() < MAX_RANGES {
            let offset = entries.next_offset();
            let depth = entries.next_depth();
            if depth <= top && !self.nodes.is_empty() {
                break;
            }
            let Some(abbreviation) = entries.read_abbreviation()? else {
                continue;
            };
            let is_inlined = abbreviation.tag() == dw::DW_TAG_inlined_subroutine;
            let is_block = matches!(
                abbreviation.tag(),
                dw::DW_TAG_lexical_block | dw::DW_TAG_try_block | dw::DW_TAG_catch_block
            );
            if !(is_inlined || is_block || self.nodes.is_empty()) {
                entries.skip_attributes(abbreviation.attributes())?;
                continue;
            }
            let mut attributes = RangeAttributes::default();
            let mut call = CallSite::default();
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                attributes.take(&attribute);
                call.take(attribute.name(), &attribute.value());
            }
            let start = self.ranges.len();
            attributes.for_each(unit, |range| self.ranges.push(range));
            self.nodes.push(Node {
                offset,
                kind: if is_inlined {
                    NodeKind::Inlined(call)
                } else if is_block {
                    NodeKind::Block
                } else {
                    NodeKind::Function
                },
                depth,
                ranges: start..self.ranges.len(),
            });
        }
        Ok(())
    }

    /// The nodes that contain `pc`, each in the one before it.
    pub(super) fn path_to(&self, pc: u64) -> Vec<&Node> {
        let mut path: Vec<&Node> = Vec::new();
        // Nodes deeper than this are inside of one that does not contain the address.
        let mut outside = isize::MAX;
        for node in &self.nodes {
            if node.depth > outside {
                continue;
            }
            outside = isize::MAX;
            if path.last().is_some_and(|last| node.depth <= last.depth) {
                // Everything inside of the innermost one has been seen.
                break;
            }
            if path.len() >= MAX_NESTING {
                break;
            }
            if self.contains(node, pc) {
                path.push(node);
            } else {
                outside = node.depth;
            }
        }
        path
    }

    fn contains(&self, node: &Node, pc: u64) -> bool {
        let ranges = self.ranges.get(node.ranges.clone()).unwrap_or_default();
        ranges.iter().any(|range| range.contains(&pc))
    }
}

impl CallSite {
    fn take(&mut self, name: gimli::DwAt, value: &AttributeValue<crate::Slice<'_>>) {
        let number = |value: &AttributeValue<crate::Slice<'_>>| match value {
            AttributeValue::FileIndex(file) => Some(*file),
            value => value.udata_value(),
        };
        let small = |value| number(value).map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX));
        match name {
            dw::DW_AT_call_file => self.file = number(value).unwrap_or(0),
            dw::DW_AT_call_line => self.line = small(value),
            dw::DW_AT_call_column => self.column = small(value),
            _ => {}
        }
    }
}
