//! Page tables of every form, built at random from what the manuals say and walked; what they map is
//! also in a list, which is asked instead.

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use spelunk_base::arch::{PageTableGeometry, aarch64, i386, x86_64};
use spelunk_base::{ByteOrder, PhysAddr};
use spelunk_memory::{AddressSpace, Fault, FaultKind, PageTables, ReadMemory, translate};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// A form of page tables, as the manuals have it.
struct Form {
    name: &'static str,
    /// How many bits of an address are translated.
    bits: u32,
    /// The lowest bit that indexes each level, from the root down.
    shifts: &'static [u32],
    /// Those of the levels that may map pages.
    leaves: &'static [u32],
    physical_bits: u32,
    manual: Manual,
}

/// How entries are made.
#[derive(Clone, Copy)]
enum Manual {
    /// Intel SDM volume 3, sections 5.4 and 5.5, with entries of 8 bytes.
    Intel,
    /// Section 5.3, with entries of 4 bytes.
    Intel32,
    /// Arm ARM, section D8.3, physical addresses of 48 bits.
    Arm,
    /// With bits 48 to 51 of addresses in bits 12 to 15 of entries.
    ArmLpa,
    /// With bits 50 and 51 of addresses in bits 8 and 9 of entries.
    ArmLpa2,
}

const fn form(
    name: &'static str,
    bits: u32,
    shifts: &'static [u32],
    leaves: &'static [u32],
    physical_bits: u32,
    manual: Manual,
) -> Form {
    Form {
        name,
        bits,
        shifts,
        leaves,
        physical_bits,
        manual,
    }
}

const FORMS: &[Form] = {
    use Manual::{Arm, ArmLpa, ArmLpa2, Intel, Intel32};
    &[
        form("4-level", 48, &[39, 30, 21, 12], &[30, 21, 12], 52, Intel),
        form(
            "5-level",
            57,
            &[48, 39, 30, 21, 12],
            &[30, 21, 12],
            52,
            Intel,
        ),
        form("2-level", 32, &[22, 12], &[22, 12], 32, Intel32),
        form("PAE", 32, &[30, 21, 12], &[21, 12], 52, Intel),
        form("4K 39-bit", 39, &[30, 21, 12], &[30, 21, 12], 48, Arm),
        form("4K 48-bit", 48, &[39, 30, 21, 12], &[30, 21, 12], 48, Arm),
        form(
            "4K 52-bit",
            52,
            &[48, 39, 30, 21, 12],
            &[39, 30, 21, 12],
            52,
            ArmLpa2,
        ),
        form("16K 36-bit", 36, &[25, 14], &[25, 14], 48, Arm),
        form("16K 47-bit", 47, &[36, 25, 14], &[25, 14], 48, Arm),
        form("16K 48-bit", 48, &[47, 36, 25, 14], &[25, 14], 48, Arm),
        form(
            "16K 52-bit",
            52,
            &[47, 36, 25, 14],
            &[36, 25, 14],
            52,
            ArmLpa2,
        ),
        form("64K 42-bit", 42, &[29, 16], &[29, 16], 52, ArmLpa),
        form("64K 48-bit", 48, &[42, 29, 16], &[42, 29, 16], 52, ArmLpa),
        form("64K 52-bit", 52, &[42, 29, 16], &[42, 29, 16], 52, ArmLpa),
    ]
};

fn geometries() -> impl Iterator<Item = &'static PageTableGeometry> {
    [&x86_64::ARCH, &i386::ARCH, &aarch64::ARCH]
        .into_iter()
        .flat_map(|arch| arch.page_tables.iter().copied())
}

impl Form {
    fn geometry(&self) -> &'static PageTableGeometry {
        geometries()
            .find(|geometry| geometry.name == self.name)
            .unwrap()
    }

    fn page_shift(&self) -> u32 {
        *self.shifts.last().unwrap()
    }

    fn entry_size(&self) -> u64 {
        match self.manual {
            Manual::Intel32 => 4,
            _ => 8,
        }
    }

    /// The index of the level with this shift.
    fn index(&self, level: usize, address: u64) -> u64 {
        let above = match level {
            0 => self.bits,
            _ => self.shifts[level - 1],
        };
        (address >> self.shifts[level]) & ((1 << (above - self.shifts[level])) - 1)
    }

    /// A virtual address: any bits below, and what belongs above them.
    fn address(&self, bits: u64) -> u64 {
        let low = bits & ((1 << self.bits) - 1);
        let is_upper = match self.manual {
            Manual::Intel if self.bits > 32 => low >> (self.bits - 1) != 0,
            // Each half has a table of its own: the kernel's.
            Manual::Arm | Manual::ArmLpa | Manual::ArmLpa2 => true,
            _ => false,
        };
        if is_upper { low | !0 << self.bits } else { low }
    }

    fn physical(&self, bits: u64, shift: u32) -> u64 {
        (bits & ((1 << self.physical_bits) - 1)) >> shift << shift
    }

    fn encoded(&self, physical: u64) -> u64 {
        match self.manual {
            Manual::Intel | Manual::Intel32 | Manual::Arm => physical,
            Manual::ArmLpa => physical & ((1 << 48) - 1) | (physical >> 48) << 12,
            Manual::ArmLpa2 => physical & ((1 << 50) - 1) | (physical >> 50) << 8,
        }
    }

    fn table_entry(&self, physical: u64, noise: u64) -> u64 {
        let (kind, ignored) = match self.manual {
            // Of the root of PAE tables, the upper half is reserved.
            Manual::Intel if self.bits == 32 => (1, 0xe00),
            Manual::Intel => (1, 1 << 63 | 0x7ff0_0000_0000_0f76),
            Manual::Intel32 => (1, 0xf76),
            _ => (0b11, 0xfff0_0000_0000_0000),
        };
        self.encoded(physical) | kind | noise & ignored
    }

    fn leaf_entry(&self, physical: u64, shift: u32, noise: u64) -> u64 {
        let is_lowest = shift == self.page_shift();
        let (kind, ignored) = match self.manual {
            // Bit 7 is of the memory's type in the lowest level; bit 12 is in the others.
            Manual::Intel if is_lowest => (1, 1 << 63 | 0x7ff0_0000_0000_0ff6),
            Manual::Intel => (0x81, 1 << 63 | 0x7ff0_0000_0000_1f76),
            Manual::Intel32 if is_lowest => (1, 0xff6),
            Manual::Intel32 => (0x81, 0x1f76),
            Manual::ArmLpa2 => (0b01 | u64::from(is_lowest) << 1, 0xfff0_0000_0000_0cfc),
            _ => (0b01 | u64::from(is_lowest) << 1, 0xfff0_0000_0000_0ffc),
        };
        self.encoded(physical) | kind | noise & ignored
    }
}

/// Entries by their addresses; the others are zeros in tables, and nowhere else.
#[derive(Default)]
struct Entries {
    entries: HashMap<u64, u64>,
    tables: Vec<(u64, u64)>,
}

impl ReadMemory for Entries {
    fn read(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let is_in = |(start, size): &(u64, u64)| (*start..start + size).contains(&address);
        if !self.tables.iter().any(is_in) {
            return Err(Fault::new(space, address, FaultKind::NotMapped));
        }
        let entry = self.entries.get(&address).copied().unwrap_or(0);
        buf.copy_from_slice(&entry.to_le_bytes()[..buf.len()]);
        Ok(())
    }
}

/// What is mapped: the first address, the physical one, and the shift of the page's size.
type Mapping = (u64, u64, u32);

struct Builder<'a> {
    form: &'a Form,
    memory: Entries,
    root: u64,
    mappings: Vec<Mapping>,
    random: TestRng,
}

impl<'a> Builder<'a> {
    fn new(form: &'a Form, random: TestRng) -> Self {
        let mut builder = Self {
            form,
            memory: Entries::default(),
            root: 0,
            mappings: Vec::new(),
            random,
        };
        builder.root = builder.table();
        builder
    }

    /// A new table, somewhere in physical memory.
    fn table(&mut self) -> u64 {
        let size = 1 << self.form.page_shift();
        loop {
            let start = self
                .form
                .physical(self.random.next_u64(), self.form.page_shift());
            if !self.memory.tables.iter().any(|table| table.0 == start) {
                self.memory.tables.push((start, size));
                return start;
            }
        }
    }

    /// Maps a page, unless something is in its way.
    fn map(&mut self, address: u64, physical: u64, leaf: u32) {
        let form = self.form;
        let mut table = self.root;
        for (level, shift) in form.shifts.iter().enumerate() {
            let place = table + form.index(level, address) * form.entry_size();
            let before = self.memory.entries.get(&place).copied();
            let noise = self.random.next_u64();
            if *shift == leaf {
                if before.is_none() {
                    let entry = form.leaf_entry(physical, leaf, noise);
                    self.memory.entries.insert(place, entry);
                    self.mappings.push((address, physical, leaf));
                }
                return;
            }
            let is_mapped =
                |mapping: &&Mapping| mapping.2 == *shift && mapping.0 >> shift == address >> shift;
            if self.mappings.iter().any(|mapping| is_mapped(&mapping)) {
                return;
            }
            table = match before.and_then(|entry| self.tables_by_entry(entry)) {
                Some(table) => table,
                None => {
                    let new = self.table();
                    self.memory
                        .entries
                        .insert(place, form.table_entry(new, noise));
                    new
                }
            };
        }
    }

    fn tables_by_entry(&self, entry: u64) -> Option<u64> {
        let mut tables = self.memory.tables.iter().map(|table| table.0);
        tables.find(|table| {
            let plain = self.form.table_entry(*table, 0);
            let noisy = self.form.table_entry(*table, u64::MAX);
            entry & plain == plain && entry & noisy == entry
        })
    }
}

/// The answer by the list.
fn look_up(mappings: &[Mapping], address: u64) -> Option<(u64, u64)> {
    let (start, physical, shift) = mappings
        .iter()
        .find(|(start, _, shift)| start >> shift == address >> shift)?;
    Some((physical + (address - start), 1 << shift))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_mapped_translates_and_the_rest_faults(index in 0..FORMS.len(), mut random in any_rng()) {
        let form = &FORMS[index];
        let mut builder = Builder::new(form, random.clone());
        // Close together, so that tables are shared, with a few far away.
        let base = form.address(random.next_u64());
        for number in 0..40 {
            let leaf = form.leaves[random.next_u64() as usize % form.leaves.len()];
            let near = form.address(base ^ (random.next_u64() & ((1 << (form.page_shift() + 12)) - 1)));
            let address = match number % 8 {
                0 => form.address(random.next_u64()),
                _ => near,
            };
            let physical = form.physical(random.next_u64(), leaf);
            builder.map(address >> leaf << leaf, physical, leaf);
        }
        let Builder { memory, root, mappings, .. } = builder;
        prop_assert!(!mappings.is_empty());
        let memory = Arc::new(memory);
        let tables = PageTables::new(
            Arc::clone(&memory) as Arc<dyn ReadMemory>,
            form.geometry(),
            ByteOrder::Little,
            PhysAddr(root),
        );
        for number in 0..400 {
            let (start, _, shift) = mappings[number % mappings.len()];
            let in_page = random.next_u64() & ((1 << shift) - 1);
            let address = match number % 4 {
                // The page itself, the one behind it, and anywhere.
                0 | 1 => start + in_page,
                2 => form.address(start.wrapping_add(1 << shift)),
                _ => form.address(random.next_u64()),
            };
            let expected = look_up(&mappings, address);
            let walked = translate(memory.as_ref(), form.geometry(), ByteOrder::Little, PhysAddr(root), address);
            let found = walked.map(|found| (found.physical.0, found.page_size));
            prop_assert_eq!(found.ok(), expected, "{} {:#x}", form.name, address);
            if let Err(fault) = walked {
                prop_assert!(matches!(fault.kind, FaultKind::NotPresent { .. }), "{}", fault);
            }
            let cached = tables.translate(address).map(|found| found.physical.0);
            prop_assert_eq!(cached.ok(), expected.map(|expected| expected.0));
        }
    }

    /// Whatever is in memory, a walk ends, and each of its steps is one read.
    #[test]
    fn random_memory_ends_in_a_page_or_a_fault(index in 0..FORMS.len(), seed in any::<u64>(), address in any::<u64>()) {
        let form = &FORMS[index];
        let memory = Noise { seed, reads: RwLock::default() };
        for address in [address, form.address(address)] {
            memory.reads.write().unwrap().clear();
            let walked = translate(&memory, form.geometry(), ByteOrder::Little, PhysAddr(seed), address);
            prop_assert!(memory.reads.read().unwrap().len() <= form.shifts.len());
            if let Ok(found) = walked {
                prop_assert!(found.length >= 1 && found.length <= found.page_size);
                prop_assert!(found.physical.0 < 1 << form.physical_bits);
            }
        }
    }
}

fn any_rng() -> impl Strategy<Value = TestRng> {
    any::<[u8; 32]>()
        .prop_map(|seed| TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed))
}

/// Memory full of entries that are in use, most of which lead back to a few tables.
struct Noise {
    seed: u64,
    reads: RwLock<Vec<u64>>,
}

impl ReadMemory for Noise {
    fn read(&self, _: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        self.reads.write().unwrap().push(address);
        let mixed = (address ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let entry = (mixed ^ mixed >> 29) | 1 | (mixed >> 3 & 2);
        buf.copy_from_slice(&entry.to_le_bytes()[..buf.len()]);
        Ok(())
    }
}

#[test]
fn every_form_is_tried_and_starts_where_the_manual_says() {
    assert_eq!(geometries().count(), FORMS.len());
    for form in FORMS {
        let geometry = form.geometry();
        let shifts: Vec<u32> = geometry.levels.iter().map(|level| level.shift).collect();
        assert_eq!(shifts, form.shifts, "{}", form.name);
        assert_eq!(u64::from(geometry.entry_size), form.entry_size());
    }
}

#[test]
fn tables_of_themselves_end() {
    for form in FORMS {
        let root = 1 << form.page_shift();
        let mut memory = Entries {
            tables: vec![(root, 1 << form.page_shift())],
            ..Entries::default()
        };
        for index in 0..(1 << form.page_shift()) / form.entry_size() {
            let entry = form.table_entry(root, 0);
            memory
                .entries
                .insert(root + index * form.entry_size(), entry);
        }
        let walked = translate(
            &memory,
            form.geometry(),
            ByteOrder::Little,
            PhysAddr(root),
            0x123,
        );
        assert_eq!(
            walked.unwrap().physical,
            PhysAddr(root + 0x123),
            "{}",
            form.name
        );
    }
}

/// Arm ARM, table D8-52: 0b01 is reserved in the lowest level, and in those that map no blocks.
#[test]
fn reserved_entries_map_nothing() {
    for form in FORMS {
        if matches!(form.manual, Manual::Intel | Manual::Intel32) {
            continue;
        }
        for (level, shift) in form.shifts.iter().enumerate() {
            let is_block = *shift != form.page_shift() && form.leaves.contains(shift);
            if is_block {
                continue;
            }
            let page = 1 << form.page_shift();
            let mut memory = Entries {
                tables: (1..=form.shifts.len() as u64)
                    .map(|index| (index * page, page))
                    .collect(),
                ..Entries::default()
            };
            for above in 0..level as u64 {
                let next = form.table_entry((above + 2) * page, 0);
                memory.entries.insert((above + 1) * page, next);
            }
            memory.entries.insert((level as u64 + 1) * page, 0b01);
            let walked = translate(
                &memory,
                form.geometry(),
                ByteOrder::Little,
                PhysAddr(page),
                0,
            );
            let number = u8::try_from(form.shifts.len() - level).unwrap();
            let expected = FaultKind::NotPresent { level: number };
            assert_eq!(walked.unwrap_err().kind, expected, "{} {shift}", form.name);
        }
    }
}
